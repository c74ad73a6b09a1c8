// Show the name of a term in the other language while it is hovered or focused.
{
  const name = document.createElement("div");
  Object.assign(name, { id: "term-name", className: "term-name", role: "tooltip", hidden: true });
  document.querySelector("main").append(name);

  const hide = () => {
    document.querySelector("[aria-describedby=term-name]")?.removeAttribute("aria-describedby");
    name.hidden = true;
  };
  const show = ({ target }) => {
    if (name.contains(target)) return; // the pointer may move to the name
    hide();
    const term = target.closest?.(".term");
    if (!term) return;
    name.lang = term.closest("[lang]").lang === "zh" ? "en" : "zh";
    name.textContent = term.dataset.term;
    name.hidden = false;
    term.setAttribute("aria-describedby", name.id);
    const { left, top, width } = term.getClientRects()[0];
    const origin = name.offsetParent.getBoundingClientRect();
    const room = document.documentElement.clientWidth - name.offsetWidth - 8;
    name.style.left = `${Math.max(8, Math.min(left + (width - name.offsetWidth) / 2, room)) - origin.left}px`;
    name.style.top = `${top - name.offsetHeight - origin.top}px`;
  };
  document.addEventListener("pointerover", show);
  document.addEventListener("focusin", show);
  document.addEventListener("focusout", hide);
  document.addEventListener("keydown", ({ key }) => key === "Escape" && hide());
}
