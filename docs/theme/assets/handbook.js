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

// Print: the code of the figures moves to the end of the page, under the numbers of the figures, and
// afterwards back.
{
  const back = [];
  addEventListener("beforeprint", () => {
    const article = document.querySelector("article");
    let number = 0;
    if (!back.length)
      article?.querySelectorAll("img.figure[src$='#only-light'], .drawing").forEach((part) => {
        if (part.matches("img")) return (part.parentElement.dataset.figure = ++number);
        const place = new Comment();
        part.firstElementChild.dataset.figure = number;
        part.replaceWith(place);
        article.append(part);
        back.push(() => place.replaceWith(part));
      });
  });
  addEventListener("afterprint", () => back.splice(0).forEach((move) => move()));
}
