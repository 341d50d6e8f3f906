// Search, copying, the menu of narrow screens, and the ledger's filter. Every page can be read without any of it.
"use strict";
(() => {
  const up = document.currentScript.dataset.up;
  const $ = (selector) => document.querySelector(selector);
  document.documentElement.classList.add("scripted");

  const button = $(".menu-button");
  button.hidden = false;
  button.addEventListener("click", () => {
    const open = $("#site-menu").classList.toggle("open");
    button.setAttribute("aria-expanded", String(open));
  });

  for (const pre of document.querySelectorAll("main pre:not(.file)")) {
    const holder = document.createElement("div");
    holder.className = "copied";
    pre.replaceWith(holder);
    const copy = document.createElement("button");
    Object.assign(copy, { type: "button", className: "copy", textContent: "Copy" });
    copy.addEventListener("click", async () => {
      // Of a session in a terminal, what was typed.
      const lines = pre.innerText.trimEnd().split("\n");
      const typed = lines.filter((line) => line.startsWith("$ ")).map((line) => line.slice(2));
      await navigator.clipboard.writeText((pre.classList.contains("console") && typed.length ? typed : lines).join("\n"));
      copy.textContent = "Copied";
      setTimeout(() => { copy.textContent = "Copy"; }, 1500);
    });
    holder.append(pre, copy);
  }

  const words = (text) => text.toLowerCase().split(/\s+/).filter(Boolean);
  const input = $("#site-search");
  const list = $("#site-found");
  let chosen = -1;

  function score(entry, wanted) {
    const [, page, title, text] = entry.map((part) => part.toLowerCase());
    let points = 0;
    for (const word of wanted) {
      if (title === word) points += 60;
      else if (title.startsWith(word)) points += 30;
      else if (title.includes(word)) points += 20;
      else if (page.includes(word)) points += 8;
      else if (text.includes(word)) points += 3;
      else return 0;
    }
    return points;
  }

  function marked(text, wanted) {
    const at = Math.max(0, Math.min(...wanted.map((word) => text.toLowerCase().indexOf(word)).filter((i) => i >= 0), 1e9));
    const from = at === 1e9 || at < 40 ? 0 : text.indexOf(" ", at - 40) + 1;
    const piece = (from ? "…" : "") + text.slice(from, from + 130) + (text.length > from + 130 ? "…" : "");
    const small = document.createElement("small");
    const pattern = new RegExp(`(${wanted.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|")})`, "gi");
    for (const part of piece.split(pattern)) {
      const node = wanted.includes(part.toLowerCase()) ? document.createElement("mark") : document.createTextNode(part);
      if (node.nodeType === 1) node.textContent = part;
      small.append(node);
    }
    return small;
  }

  function choose(index) {
    const items = [...list.children];
    chosen = items.length ? (index + items.length) % items.length : -1;
    items.forEach((item, i) => item.setAttribute("aria-selected", String(i === chosen)));
    input.setAttribute("aria-activedescendant", chosen < 0 ? "" : items[chosen].id);
    if (chosen >= 0) items[chosen].scrollIntoView({ block: "nearest" });
  }

  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
  }

  function search() {
    const wanted = words(input.value);
    list.replaceChildren();
    if (!wanted.length) return close();
    const found = window.SEARCH.map((entry) => [score(entry, wanted), entry]).filter(([points]) => points);
    found.sort((a, b) => b[0] - a[0]);
    found.slice(0, 12).forEach(([, [address, page, title, text]], index) => {
      const item = document.createElement("li");
      Object.assign(item, { id: `site-found-${index}` });
      item.setAttribute("role", "option");
      item.dataset.address = up + address;
      const name = document.createElement("b");
      name.textContent = title === page ? title : `${title} · ${page}`;
      item.append(name, marked(text, wanted));
      item.addEventListener("mousedown", (event) => { event.preventDefault(); location.href = item.dataset.address; close(); });
      list.append(item);
    });
    if (!list.children.length) {
      const item = document.createElement("li");
      item.setAttribute("role", "option");
      item.textContent = "Nothing found";
      list.append(item);
    }
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    choose(0);
  }

  $(".search").hidden = false;
  input.addEventListener("input", search);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { input.value = ""; close(); }
    if (event.key === "ArrowDown") { event.preventDefault(); choose(chosen + 1); }
    if (event.key === "ArrowUp") { event.preventDefault(); choose(chosen - 1); }
    if (event.key === "Enter" && chosen >= 0 && list.children[chosen].dataset.address) {
      location.href = list.children[chosen].dataset.address;
      close();
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "/" && !/^(input|textarea|select)$/i.test(document.activeElement.tagName)) {
      event.preventDefault();
      input.focus();
    }
  });

  const filter = $("#ledger-filter");
  if (filter) {
    const clauses = [...document.querySelectorAll(".clause")];
    const texts = new Map(clauses.map((clause) => [clause, clause.textContent.toLowerCase()]));
    const apply = () => {
      const wanted = words(filter.value);
      let shown = 0;
      for (const clause of clauses) {
        const levelFits = !$("#ledger-only-must").checked || clause.dataset.level === "must";
        const fits = levelFits && wanted.every((word) => texts.get(clause).includes(word));
        clause.hidden = !fits;
        shown += fits;
      }
      for (const chapter of document.querySelectorAll(".chapter")) {
        chapter.hidden = !chapter.querySelector(".clause:not([hidden])");
      }
      $("#ledger-shown").textContent = shown === clauses.length ? "" : `${shown} of ${clauses.length}`;
    };
    $(".filter").hidden = false;
    filter.addEventListener("input", apply);
    $("#ledger-only-must").addEventListener("change", apply);
    if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  }
})();
