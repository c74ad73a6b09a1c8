// The language switch keeps the section, and what is filtered: every heading has the same
// anchor in both languages.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.md-select__link[hreflang]");
  if (link) [link.search, link.hash] = [location.search, location.hash];
});

// Every code toolbar is a landmark of the theme: give each a name of its own.
document$.subscribe(() =>
  document.querySelectorAll(".md-code__nav").forEach((toolbar, i) => toolbar.setAttribute("aria-label", `code ${i + 1}`)),
);

// The theme keeps the section that the reader is at in the address. Beside the contents the
// report names it; at the foot of the page every reader is at the last one.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".md-nav a[href*='/issues/new?']");
  if (!link) return;
  const report = new URL(link.href);
  report.searchParams.set("section", location.hash);
  link.href = report;
});
