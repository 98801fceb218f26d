// The field above a graph: it says what is chosen, and chooses what a reader types or takes from its list of all names.

class Finder {
  constructor(viewer) {
    this.viewer = viewer;
    this.field = viewer.root.querySelector(".where");
    this.names = viewer.root.querySelector("#names");
    this.listed = null; // the nodes whose names the list holds: 500 of them wait until somebody comes for them
    this.field.addEventListener("focus", () => {
      this.field.value = "";
      this.field.placeholder = viewer.words.find;
      this.list();
    });
    this.field.addEventListener("blur", () => this.show());
    this.field.addEventListener("input", (event) => {
      this.list();
      this.field.setCustomValidity("");
      const typed = event.inputType && event.inputType !== "insertReplacementText";
      if (!typed && viewer.byName.has(this.field.value)) this.take();
    });
    this.field.addEventListener("keydown", (event) => {
      event.stopPropagation(); // Streamlit listens for keys of its own
      if (event.isComposing) return;
      if (event.key === "Enter") this.take();
      if (event.key === "Escape") viewer.stage.focus();
    });
  }

  isOpen() {
    return this.viewer.stage.getRootNode().activeElement === this.field;
  }

  list() {
    const { nodes } = this.viewer;
    if (this.listed === nodes) return;
    this.listed = nodes;
    this.names.replaceChildren(
      ...nodes.map(({ name, words }) => {
        const option = document.createElement("option");
        option.value = name;
        option.label = words;
        return option;
      }),
    );
  }

  /** Choose the node of the name that stands in the field, else the next one that has it in its name or its words. */
  take() {
    const { nodes, byName, state, words } = this.viewer;
    const typed = this.field.value.trim();
    if (!typed) return;
    const sought = typed.toLowerCase();
    const found = nodes.filter((node) => node.label.toLowerCase().includes(sought));
    const last = found.findIndex((node) => node.name === state.chosen);
    const node = byName.get(typed) ?? found[(last + 1) % found.length];
    if (node) {
      this.viewer.choose(node.name, { tell: true, reveal: true });
      this.field.select();
    } else {
      this.field.setCustomValidity(words.unknown.replace("{text}", typed));
      this.field.reportValidity();
    }
  }

  /** Say what is chosen, unless a reader is typing. */
  show() {
    const { viewer, field } = this;
    const label = viewer.byName.get(viewer.state.chosen)?.label;
    field.setAttribute("aria-label", viewer.words.find);
    field.setAttribute("aria-description", label ?? viewer.hint());
    if (this.isOpen()) return;
    field.setCustomValidity("");
    field.value = label ?? "";
    field.placeholder = viewer.hint();
    field.title = label ?? viewer.hint();
  }
}
