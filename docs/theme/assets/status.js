// Mark rows of the matrix that have become overdue since the site was built.
{
  const table = document.querySelector(".status[data-days]");
  for (const time of table.querySelectorAll("time")) {
    const days = (Date.now() - new Date(time.dateTime)) / 864e5;
    if (Math.floor(days) <= table.dataset.days) continue;
    time.closest("tr").classList.add("overdue");
    time.nextElementSibling.hidden = false;
  }
}
