"use strict";
// The page can be read without any of this. It sets the theme before the first paint, filters, and copies.
const root = document.documentElement;
root.classList.add("js");

const dark = matchMedia("(prefers-color-scheme: dark)");
const theme = () => root.dataset.theme || (dark.matches ? "dark" : "light");
const KEPT_AS = "runloop-conformance-theme";
try {
  const chosen = localStorage.getItem(KEPT_AS);
  if (["dark", "light"].includes(chosen)) root.dataset.theme = chosen;
} catch { /* a browser that keeps nothing for a file */ }

document.addEventListener("DOMContentLoaded", () => {
  const clauses = [...document.querySelectorAll(".clause")];
  const groups = [...document.querySelectorAll(".group")];
  const form = document.getElementById("filters");
  const search = document.getElementById("search");
  const count = document.getElementById("count");
  const nothing = document.getElementById("nothing");
  const toggle = document.getElementById("toggle");
  const button = document.getElementById("theme");
  const status = document.getElementById("status");
  const shown = () => clauses.filter((clause) => !clause.hidden);

  // Theme
  const press = () => button.setAttribute("aria-pressed", String(theme() === "dark"));
  button.addEventListener("click", () => {
    root.dataset.theme = theme() === "dark" ? "light" : "dark";
    try { localStorage.setItem(KEPT_AS, root.dataset.theme); } catch { /* as above */ }
    press();
  });
  dark.addEventListener("change", press);
  press();

  // Copy
  const select = (code) => {
    const range = document.createRange();
    range.selectNodeContents(code);
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  };
  document.addEventListener("click", async (event) => {
    const copy = event.target.closest("button.copy");
    if (!copy) return;
    const code = copy.closest(".panel").querySelector(".curl code");
    try {
      await navigator.clipboard.writeText(code.textContent);
      status.textContent = "The curl command was copied.";
      copy.classList.add("done");
      setTimeout(() => copy.classList.remove("done"), 2000);
    } catch {
      select(code);
      status.textContent = "It cannot be copied here; it is selected.";
    }
  });

  // On paper, clauses that failed are open.
  addEventListener("beforeprint", () => {
    for (const clause of shown()) if (clause.querySelector(".exchange")) clause.open = true;
  });

  if (!form) return; // no clause was judged

  // Filters: within a kind any of the checked ones, between kinds all of them; nothing checked lets all through.
  const words = new Map(); // of a clause, once somebody searches
  const textOf = (clause) => {
    if (!words.has(clause)) {
      const parts = [...clause.querySelectorAll("summary, .facts dd")].map((part) => part.textContent);
      words.set(clause, parts.join(" ").toLowerCase());
    }
    return words.get(clause);
  };
  const nameToggle = () => {
    toggle.textContent = shown().some((clause) => !clause.open) ? "Open all" : "Close all";
  };
  const checked = (name) => [...form.querySelectorAll(`input[name="${name}"]:checked`)].map((box) => box.value);
  const filter = () => {
    const kinds = ["status", "level", "chapter", "operation"].map((name) => [name, checked(name)]);
    const wanted = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const clause of clauses) {
      const fits = kinds.every(([name, values]) => !values.length || values.includes(clause.dataset[name]));
      clause.hidden = !(fits && wanted.every((word) => textOf(clause).includes(word)));
    }
    for (const group of groups) group.hidden = !group.querySelector(".clause:not([hidden])");
    const left = shown().length;
    count.value = `${left} of ${clauses.length}`;
    nothing.hidden = left > 0 || !clauses.length;
    nameToggle();
  };
  form.addEventListener("input", filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  toggle.addEventListener("click", () => {
    const open = shown().some((clause) => !clause.open);
    for (const clause of shown()) clause.open = open;
  });
  document.addEventListener("toggle", nameToggle, true);
  nameToggle();

  // A link to a clause opens it, also where a filter hides it.
  const follow = () => {
    let name;
    try { name = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const clause = document.getElementById(name);
    if (!clause || !clause.classList.contains("clause")) return;
    if (clause.hidden) { form.reset(); filter(); }
    clause.open = true;
    clause.scrollIntoView();
    clause.querySelector("summary").focus({ preventScroll: true });
  };
  addEventListener("hashchange", follow);
  document.addEventListener("click", (event) => {
    if (event.target.closest("a")?.getAttribute("href") === location.hash) follow(); // then no hash changes
  });
  follow();

  // Up, down, home and end go from clause to clause.
  document.getElementById("clauses").addEventListener("keydown", (event) => {
    const here = event.target.closest("summary")?.parentElement;
    const list = shown();
    const at = list.indexOf(here);
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: list.length - 1 }[event.key];
    if (at < 0 || to === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    list[to]?.querySelector("summary").focus();
  });
});
