// A browser starts no worker for a page that was opened from a disk. There the search runs in a
// hidden frame instead, by the same messages; `make offline` puts this script before the theme's.
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
