// Keep section and filter when the language is switched: headings have the same anchors in both
// languages.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a.md-select__link[hreflang]");
  if (link) [link.search, link.hash] = [location.search, location.hash];
});

// Every code toolbar is a landmark of the theme: give each a unique name.
document$.subscribe(() =>
  document.querySelectorAll(".md-code__nav").forEach((toolbar, i) => toolbar.setAttribute("aria-label", `code ${i + 1}`)),
);

// The theme keeps the current section in the URL. Add it to the report link in the sidebar; at
// the footer the current section is always the last one.
document.addEventListener("click", (event) => {
  const link = event.target.closest(".md-nav a[href*='/issues/new?']");
  if (!link) return;
  const report = new URL(link.href);
  report.searchParams.set("section", location.hash);
  link.href = report;
});
