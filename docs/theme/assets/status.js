// A row of the matrix that was fresh when the site was built may be a month old by now.
{
  const table = document.querySelector(".status[data-days]");
  for (const time of table.querySelectorAll("time")) {
    const days = (Date.now() - new Date(time.dateTime)) / 864e5;
    if (Math.floor(days) <= table.dataset.days) continue;
    time.closest("tr").classList.add("overdue");
    time.nextElementSibling.hidden = false;
  }
}
