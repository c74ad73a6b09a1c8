// Highlight all prerequisites of the lesson that is hovered or focused in the map.
{
  const map = document.querySelector(".chapter-map");
  const links = new Map([...map.querySelectorAll("li a")].map((link) => [link.getAttribute("href"), link]));
  links.forEach(({ dataset, style }) => style.setProperty("--inside", dataset.inside ?? "none"));
  const arcs = map.querySelectorAll("path");

  const collect = (address, found) => {
    if (found.has(address)) return found;
    found.add(address);
    links.get(address)?.dataset.needs?.split(" ").forEach((need) => collect(need, found));
    return found;
  };

  const highlight = ({ target }) => {
    const link = target.closest?.("li a");
    const lit = link ? collect(link.getAttribute("href"), new Set()) : new Set();
    map.classList.toggle("active", Boolean(link));
    links.forEach((other, address) => other.classList.toggle("lit", other !== link && lit.has(address)));
    arcs.forEach(({ classList, dataset }) => classList.toggle("lit", lit.has(dataset.from) && lit.has(dataset.to)));
  };

  ["pointerover", "focusin"].forEach((name) => map.addEventListener(name, highlight));
  ["pointerleave", "focusout"].forEach((name) => map.addEventListener(name, () => highlight({ target: map })));
}
