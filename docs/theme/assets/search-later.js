// The theme fetches the search index with every page, and the index grows with the book. Delay
// the request until the search is hovered or focused, or the URL has a query (?q=).
{
  const wanted = new Promise((resolve) => {
    if (new URLSearchParams(location.search).has("q")) resolve();
    const onSearch = ({ target }) => {
      if (target.closest?.("[data-md-component=search], [for=__search]")) resolve();
    };
    ["focusin", "pointerover", "pointerdown"].forEach((name) => document.addEventListener(name, onSearch));
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
