// Show both languages side by side. Headings, fences, figures and boxes have the same order in
// both pages; paragraphs between two of them are paired one by one. The other article is a script,
// `parallel.js` in the page's folder, loaded on first use: a page opened from a disk cannot fetch
// it.
{
  const NAME = "__parallel";
  const HEADING = "h1, h2, h3, h4, h5, h6";
  const ONCE = ".highlight, .lesson-row, .curves, .drawing, :has(> img.figure)"; // equal in both languages: spans both columns
  const BOX = ".admonition, details";
  const LIST = ":is(ol, ul):has(.highlight, .admonition, details, img.figure)"; // such as answers
  const button = document.querySelector(".parallel-button");
  const page = document.querySelector("article.md-content__inner");
  const wide = matchMedia("(min-width: 76.25em)");
  const site = button && new URL("..", __md_scope); // one setting for both languages
  const isAnchor = (block) => block.matches(`${HEADING}, ${ONCE}, ${BOX}, ${LIST}`);
  let other; // the promise of the other language's article

  // The theme wraps the tables of the page so, after it has loaded.
  const scrollable = (table) => {
    const wrapper = document.createElement("div");
    wrapper.className = "md-typeset__scrollwrap";
    wrapper.innerHTML = '<div class="md-typeset__table"></div>';
    table.replaceWith(wrapper);
    wrapper.firstChild.append(table);
  };

  const load = () =>
    new Promise((resolve) => {
      window.parallel = ({ language, article }) => {
        const template = document.createElement("template");
        template.innerHTML = article;
        template.content.querySelectorAll(".headerlink").forEach((link) => link.remove());
        template.content.querySelectorAll("[id]").forEach((named) => named.removeAttribute("id"));
        template.content.querySelectorAll("table:not([class])").forEach(scrollable);
        resolve({ language, template });
      };
      document.head.append(Object.assign(document.createElement("script"), { src: "parallel.js" }));
    });

  const runs = (blocks) => {
    const found = [[]];
    for (const block of blocks) {
      if (isAnchor(block)) found.push([]);
      found.at(-1).push(block);
    }
    return found;
  };

  const wrap = (element, children, kind) => {
    const wrapper = document.createElement(kind);
    wrapper.className = "parallel-wrap";
    element.append(wrapper);
    wrapper.append(...children);
    return wrapper;
  };

  const placeNextTo = (ours, theirs, language) => {
    theirs.lang = language;
    theirs.classList.add("parallel-other");
    ours.after(theirs);
    return theirs;
  };

  const pairBoxes = (ours, theirs, language) => {
    const title = ours.firstElementChild;
    const rest = [...ours.childNodes].slice([...ours.childNodes].indexOf(title) + 1);
    const [otherTitle, ...otherRest] = theirs.children;
    const first = wrap(title, [...title.childNodes], "span");
    const second = document.createElement("span");
    second.append(...otherTitle.childNodes);
    title.classList.add("parallel");
    placeNextTo(first, second, language);
    pairInside(ours, rest, otherRest, language);
  };

  const pairInside = (element, children, theirs, language) => {
    const body = wrap(element, children, "div");
    body.classList.add("parallel");
    pair([...body.children], theirs, language);
  };

  const pairLists = (ours, theirs, language) => {
    [...ours.children].forEach((item, i) =>
      pairInside(item, [...item.childNodes], [...(theirs.children[i]?.children ?? [])], language),
    );
  };

  const pair = (ours, theirs, language) => {
    const others = runs(theirs);
    runs(ours).forEach((run, i) => {
      let last = run.at(-1);
      (others[i] ?? []).forEach((block, j) => {
        const mine = run[j];
        if (mine?.matches(ONCE)) return;
        if (mine?.matches(BOX)) pairBoxes(mine, block, language);
        else if (mine?.matches(LIST)) pairLists(mine, block, language);
        else if (mine ?? last) {
          const placed = placeNextTo(mine ?? last, block, language);
          if (j >= run.length - 1) last = placed;
        }
      });
    });
  };

  const show = ({ language, template }) => {
    const theirs = [...template.content.cloneNode(true).children];
    pair([...page.children], theirs, language);
    page.classList.add("parallel");
  };

  const hide = () => {
    page.querySelectorAll(".parallel-other").forEach((block) => block.remove());
    page.querySelectorAll(".parallel-wrap").forEach((wrapper) => wrapper.replaceWith(...wrapper.childNodes));
    for (const block of [page, ...page.querySelectorAll(".parallel")]) {
      block.classList.remove("parallel");
      if (!block.className) block.removeAttribute("class");
    }
  };

  // Keep the scroll position of the first visible block.
  const inPlace = (change) => {
    const seen = [...page.children].find((block) => block.getBoundingClientRect().bottom > 120);
    const before = seen?.getBoundingClientRect().top;
    change();
    if (seen && scrollY) scrollBy({ top: seen.getBoundingClientRect().top - before, behavior: "instant" });
  };

  const follow = async () => {
    const wanted = Boolean(__md_get(NAME, localStorage, site));
    button.setAttribute("aria-pressed", wanted);
    const article = wanted && wide.matches && (await (other ??= load()));
    const on = Boolean(wanted && wide.matches && __md_get(NAME, localStorage, site));
    if (on === page.classList.contains("parallel")) return;
    inPlace(() => {
      document.documentElement.classList.toggle("has-parallel", on);
      on ? show(article) : hide();
    });
  };

  if (button && page) {
    button.addEventListener("click", () => {
      __md_set(NAME, button.getAttribute("aria-pressed") !== "true", localStorage, site);
      follow();
    });
    wide.addEventListener("change", follow);
    follow();
  }
}
