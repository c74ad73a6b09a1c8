// The theme fetches the search index with every page, and it grows with the book. Fetch it
// when someone turns to the search: with a pointer, a key, or an address that asks (?q=).
{
  const wanted = new Promise((resolve) => {
    if (new URLSearchParams(location.search).has("q")) resolve();
    const turned = ({ target }) => {
      if (target.closest?.("[data-md-component=search], [for=__search]")) resolve();
    };
    ["focusin", "pointerover", "pointerdown"].forEach((name) => document.addEventListener(name, turned));
  });
  const { open, send } = XMLHttpRequest.prototype;
  const waiting = new WeakSet();
  XMLHttpRequest.prototype.open = function (method, url, ...rest) {
    if (String(url).endsWith("/search/search_index.json")) waiting.add(this);
    open.call(this, method, url, ...rest);
  };
  XMLHttpRequest.prototype.send = function (...body) {
    if (waiting.has(this)) wanted.then(() => send.apply(this, body));
    else send.apply(this, body);
  };
}
