// What every component of ours ends with: `mount` above shows what a page tells, this leaves out what is old news.

const told = new WeakMap(); // element -> the update that it shows

export default function (given) {
  const { told_by: server, told_as: turn, ...data } = given.data;
  const last = told.get(given.parentElement);
  if (last?.server === server && turn < last.turn) return;
  told.set(given.parentElement, { server, turn });
  return mount({ ...given, data });
}
