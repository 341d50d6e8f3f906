// By keyboard, a wide table or block of code can be scrolled; a caption of the menu is a heading with a level.
document.addEventListener("DOMContentLoaded", () => {
  for (const wide of document.querySelectorAll(".table-wrapper, pre")) wide.tabIndex = 0;
  for (const caption of document.querySelectorAll("p.caption[role=heading]")) caption.ariaLevel = 2;
});

// The page of all clauses: show those whose name or sentence holds a text, or only those that are MUST.
document.addEventListener("DOMContentLoaded", () => {
  const clauses = [...document.querySelectorAll("dl.clause")];
  if (!clauses.length) return;
  const filter = document.createElement("div");
  filter.className = "clause-filter";
  filter.innerHTML =
    '<label>Show clauses with <input type="search"></label> <label><input type="checkbox"> only MUST</label> <span role="status"></span>';
  document.querySelector("section section").before(filter);
  const [text, must] = filter.querySelectorAll("input");
  filter.addEventListener("input", () => {
    let shown = 0;
    for (const clause of clauses) {
      const words = clause.textContent.toLowerCase();
      clause.hidden = !words.includes(text.value.toLowerCase()) || (must.checked && clause.querySelector("strong").textContent !== "MUST");
      shown += !clause.hidden;
    }
    filter.querySelector("[role=status]").textContent = `${shown} of ${clauses.length}`;
  });
});
