// Browsers and screen readers read a page as its `lang` says.

function mount({ data }) {
  document.documentElement.lang = data.language;
}
