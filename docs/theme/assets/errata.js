// Filter the errata on input. The filter is kept in the URL, so that it can be linked; without
// JavaScript the fields stay hidden and the whole table is shown.
{
  const form = document.querySelector(".errata form");
  const output = form.querySelector("output");
  const rows = [...document.querySelectorAll(".errata tbody tr")].map((row) => ({
    row,
    text: row.textContent.toLowerCase(),
  }));

  const filter = () => {
    const { find, verdict, chapter } = Object.fromEntries(new FormData(form));
    const words = find.toLowerCase().split(/\s+/);
    let left = 0;
    for (const { row, text } of rows) {
      row.hidden = !(
        words.every((word) => text.includes(word)) &&
        (!verdict || row.dataset.verdict === verdict) &&
        (!chapter || row.dataset.chapter === chapter)
      );
      left += !row.hidden;
    }
    output.value = output.dataset.text.replace("{0}", left).replace("{1}", rows.length);
  };

  const keep = () => {
    const address = new URL(location);
    for (const [name, value] of new FormData(form)) {
      address.searchParams.delete(name);
      if (value) address.searchParams.append(name, value);
    }
    history.replaceState(history.state, "", address);
  };

  for (const [name, value] of new URLSearchParams(location.search)) {
    if (form.elements[name]) form.elements[name].value = value;
  }
  form.addEventListener("input", () => {
    filter();
    keep();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.hidden = false;
  filter();
}
