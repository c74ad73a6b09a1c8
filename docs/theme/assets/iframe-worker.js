// A browser starts no worker for a page opened from a disk. This shim runs the search in a hidden
// frame with the same messages; `make offline` inserts it before the theme's script.
window.Worker = class extends EventTarget {
  constructor(address) {
    super();
    const frame = document.createElement("iframe");
    frame.hidden = true;
    document.body.append(frame);
    const scope = frame.contentWindow;
    const send = (to, data) => to.dispatchEvent(new MessageEvent("message", { data: structuredClone(data) }));
    scope.postMessage = (data) => send(this, data);
    const script = scope.document.createElement("script");
    const ready = new Promise((resolve) => script.addEventListener("load", resolve));
    this.postMessage = (data) => ready.then(() => send(scope, data));
    script.src = new URL(address, location);
    scope.document.head.append(script);
  }
};
