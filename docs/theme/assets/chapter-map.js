// Point at a lesson of the map, or tab to it: all that it builds on lights up.
{
  const map = document.querySelector(".chapter-map");
  const links = new Map([...map.querySelectorAll("li a")].map((link) => [link.getAttribute("href"), link]));
  links.forEach(({ dataset, style }) => style.setProperty("--inside", dataset.inside ?? "none"));
  const arcs = map.querySelectorAll("path");

  const gather = (address, found) => {
    if (found.has(address)) return found;
    found.add(address);
    links.get(address)?.dataset.needs?.split(" ").forEach((need) => gather(need, found));
    return found;
  };

  const light = ({ target }) => {
    const link = target.closest?.("li a");
    const lit = link ? gather(link.getAttribute("href"), new Set()) : new Set();
    map.classList.toggle("asked", Boolean(link));
    links.forEach((other, address) => other.classList.toggle("lit", other !== link && lit.has(address)));
    arcs.forEach(({ classList, dataset }) => classList.toggle("lit", lit.has(dataset.from) && lit.has(dataset.to)));
  };

  ["pointerover", "focusin"].forEach((name) => map.addEventListener(name, light));
  ["pointerleave", "focusout"].forEach((name) => map.addEventListener(name, () => light({ target: map })));
}
