// What a reader's fingers, mouse, wheel and keys do to a Viewer.

const STILL = 4; // pixels that a click may wander

function listenToPointer(viewer) {
  const { stage, rails } = viewer;
  const fingers = new Map(); // pointer id -> where it is now
  let press = null; // where the first finger went down, on which node, and whether it may move the graph alone

  stage.addEventListener("pointerdown", (event) => {
    if (!viewer.state.view || event.button !== 0 || event.target.closest(".rail")) return;
    fingers.set(event.pointerId, event);
    if (fingers.size > 1) return;
    const mouse = event.pointerType === "mouse";
    press = { event, node: event.target.closest(".node"), still: true, alone: mouse || stage.classList.contains("active") };
    if (mouse) stage.classList.add("active");
  });
  stage.addEventListener("pointermove", (event) => {
    const last = fingers.get(event.pointerId);
    if (!last || !press) return;
    if (press.still && distance(press.event, event) < STILL) return;
    if (fingers.size === 1 && !press.alone) return; // the page scrolls
    if (press.still) stage.setPointerCapture(event.pointerId);
    press.still = false;
    stage.classList.add("dragging");
    const other = [...fingers.values()].find((finger) => finger.pointerId !== event.pointerId);
    if (other) {
      const box = stage.getBoundingClientRect();
      const middle = (a, b) => [(a.clientX + b.clientX) / 2, (a.clientY + b.clientY) / 2];
      const [from, to] = [middle(last, other), middle(event, other)];
      viewer.pan(to[0] - from[0], to[1] - from[1]);
      viewer.zoom(distance(event, other) / (distance(last, other) || 1), to[0] - box.left, to[1] - box.top);
    } else {
      viewer.pan(event.clientX - last.clientX, event.clientY - last.clientY);
    }
    fingers.set(event.pointerId, event);
  });
  const up = (event) => {
    if (!fingers.delete(event.pointerId)) return;
    if (fingers.size) return;
    stage.classList.remove("dragging");
    const { node, still } = press;
    press = null;
    if (event.type !== "pointerup" || !still) return;
    stage.classList.add("active");
    if (node) viewer.choose(nameOf(node), { tell: true });
  };
  stage.addEventListener("pointerup", up);
  stage.addEventListener("pointercancel", up);

  // The wheel scrolls the page, unless the reader has just clicked into the graph; at its end the page goes on.
  const rest = () => stage.classList.remove("active");
  stage.addEventListener("blur", rest);
  stage.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && !fingers.size && rest());
  stage.addEventListener(
    "wheel",
    (event) => {
      if (!viewer.state.view) return;
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      if (event.ctrlKey || event.metaKey) {
        const box = stage.getBoundingClientRect();
        const step = Math.min(Math.max(-event.deltaY * unit, -60), 60);
        viewer.zoom(Math.exp(step / 200), event.clientX - box.left, event.clientY - box.top);
        event.preventDefault();
      } else if (stage.classList.contains("active")) {
        const [dx, dy] = event.shiftKey && !event.deltaX ? [event.deltaY, 0] : [event.deltaX, event.deltaY];
        if (viewer.pan(-dx * unit, -dy * unit)) event.preventDefault();
      }
    },
    { passive: false },
  );

  slideOn(rails.x, (event) => {
    const along = shareOf(event.clientX, rails.x.getBoundingClientRect().left, rails.x.clientWidth, rails.x.firstElementChild.offsetWidth);
    viewer.pan(-along * (viewer.size.width * viewer.state.view.k - stage.clientWidth) - viewer.state.view.x, 0);
  });
  slideOn(rails.y, (event) => {
    const along = shareOf(event.clientY, rails.y.getBoundingClientRect().top, rails.y.clientHeight, rails.y.firstElementChild.offsetHeight);
    viewer.pan(0, -along * (viewer.size.height * viewer.state.view.k - stage.clientHeight) - viewer.state.view.y);
  });
}

function slideOn(rail, slide) {
  rail.addEventListener("pointerdown", (event) => {
    rail.setPointerCapture(event.pointerId);
    slide(event);
    event.preventDefault();
  });
  rail.addEventListener("pointermove", (event) => rail.hasPointerCapture(event.pointerId) && slide(event));
}

/** Return where on a rail, 0..1, the middle of a thumb comes to lie that is put at a position. */
function shareOf(position, start, length, thumb) {
  return Math.min(Math.max((position - start - thumb / 2) / (length - thumb), 0), 1);
}

function listenToKeys(viewer) {
  const page = () => viewer.stage.clientHeight * 0.8;
  const along = (step) => () => {
    const { nodes, cursor } = viewer;
    const found = nodes.indexOf(cursor);
    const now = found < 0 && step < 0 ? nodes.length : found; // who has not begun goes back from the end
    if (nodes.length) viewer.point(nodes[Math.min(Math.max(now + step, 0), nodes.length - 1)]);
  };
  const keys = {
    ArrowDown: along(1),
    ArrowRight: along(1),
    ArrowUp: along(-1),
    ArrowLeft: along(-1),
    Home: along(-Infinity),
    End: along(Infinity),
    PageDown: () => viewer.pan(0, -page()),
    PageUp: () => viewer.pan(0, page()),
    Enter: () => viewer.cursor && viewer.choose(viewer.cursor.name, { tell: true, reveal: true }),
    " ": () => viewer.cursor && viewer.choose(viewer.cursor.name, { tell: true, reveal: true }),
    Escape: () => (viewer.state.chosen === null ? viewer.stage.blur() : viewer.choose(null, { tell: true })),
    "+": () => viewer.act("in"),
    "=": () => viewer.act("in"),
    "-": () => viewer.act("out"),
    0: () => viewer.act("fit"),
    9: () => viewer.act("whole"),
  };
  viewer.stage.addEventListener("keydown", (event) => {
    if (!viewer.state.view || !keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    keys[event.key]();
    // Streamlit listens for keys of its own.
    event.preventDefault();
    event.stopPropagation();
  });
}

function distance(one, other) {
  return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
}
