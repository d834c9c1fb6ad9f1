// The one script of every page; the Content-Security-Policy admits it by its hash and nothing else.
// Runs in <head> so that the chosen theme stands before the first paint. Without it the page still reads.
(() => {
  "use strict";
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];

  const THEMES = ["auto", "light", "dark"];
  const STORE = "keepbook-theme";
  const recall = () => {
    try { return localStorage.getItem(STORE); } catch { return null; } // storage may be forbidden
  };
  const remember = (theme) => {
    try { localStorage.setItem(STORE, theme); } catch { /* then the choice lasts as long as the page */ }
  };
  if (THEMES.includes(recall())) root.dataset.theme = recall();

  function themeButton() {
    const button = document.getElementById("kb-theme");
    const label = () => { button.textContent = button.dataset[root.dataset.theme]; };
    button.hidden = false;
    label();
    button.addEventListener("click", () => {
      root.dataset.theme = THEMES[(THEMES.indexOf(root.dataset.theme) + 1) % THEMES.length];
      remember(root.dataset.theme);
      label();
    });
  }

  function codeButton() {
    const button = document.getElementById("kb-show-code");
    const cells = all("details.kb-code");
    if (!button || !cells.length) return;
    button.hidden = false;
    button.addEventListener("click", () => {
      const show = button.getAttribute("aria-pressed") !== "true";
      button.setAttribute("aria-pressed", String(show));
      for (const cell of cells) cell.open = show;
    });
  }

  function contents() {
    const links = all(".kb-toc a");
    const headings = [...new Set(links.map((link) => decodeURIComponent(link.hash.slice(1))))]
      .map((id) => document.getElementById(id));
    if (!headings.length) return;
    let chosen = null; // a section near the end cannot reach the top: the click then decides, until one scrolls
    let queued = false;
    const mark = () => {
      queued = false;
      const line = window.innerHeight * 0.25;
      const passed = headings.filter((heading) => heading.getBoundingClientRect().top <= line);
      const current = chosen || passed[passed.length - 1];
      for (const link of links) {
        const here = current && decodeURIComponent(link.hash.slice(1)) === current.id;
        if (!here) link.removeAttribute("aria-current");
        else if (!link.hasAttribute("aria-current")) {
          link.setAttribute("aria-current", "location");
          keepInView(link);
        }
      }
    };
    const soon = () => { if (!queued) { queued = true; requestAnimationFrame(mark); } };
    for (const link of links) {
      link.addEventListener("click", () => {
        chosen = document.getElementById(decodeURIComponent(link.hash.slice(1)));
        soon();
        link.closest("details")?.removeAttribute("open");
      });
    }
    for (const kind of ["wheel", "touchmove", "keydown"]) {
      addEventListener(kind, (event) => {
        if (event.key !== "Enter") chosen = null;
        soon();
      }, { passive: true });
    }
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon, { passive: true });
    mark();
  }

  function keepInView(link) {
    const box = link.closest(".kb-toc-side");
    if (!box) return;
    const [outer, inner] = [box.getBoundingClientRect(), link.getBoundingClientRect()];
    if (inner.top < outer.top) box.scrollTop -= outer.top - inner.top + 24;
    if (inner.bottom > outer.bottom) box.scrollTop += inner.bottom - outer.bottom + 24;
  }

  // What is wider than its place says so and can be scrolled by keyboard.
  function scrollers() {
    const { more, region } = document.body.dataset;
    const look = (box) => {
      const wide = box.scrollWidth > box.clientWidth + 1;
      if (!wide) {
        for (const name of ["data-more", "tabindex", "role", "aria-label"]) box.removeAttribute(name);
        return;
      }
      if (box.tagName !== "PRE") box.dataset.more = more;
      box.tabIndex = 0;
      box.setAttribute("role", "region");
      box.setAttribute("aria-label", region);
    };
    const watch = new ResizeObserver((entries) => entries.forEach((entry) => look(entry.target)));
    for (const box of all(".kb-scroll, .kb-table, pre")) watch.observe(box);
  }

  function printing() {
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = all("details.kb-open-in-print:not([open])");
      for (const box of opened) box.open = true;
    });
    addEventListener("afterprint", () => { for (const box of opened) box.open = false; });
  }

  // Missing values stay last in both directions.
  function sorting() {
    const table = document.querySelector("table.kb-units");
    if (!table) return;
    const heads = all("thead th", table);
    const value = (row, column) => row.cells[column].dataset.value ?? "";
    const compare = (a, b, numeric) =>
      numeric ? Number(a) - Number(b) : a.localeCompare(b, undefined, { numeric: true });
    const sort = (head) => {
      const column = heads.indexOf(head);
      const numeric = "numeric" in head.dataset;
      const first = numeric ? "descending" : "ascending";
      const other = numeric ? "ascending" : "descending";
      const order = head.getAttribute("aria-sort") === first ? other : first;
      for (const each of heads) if (each.hasAttribute("aria-sort")) each.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", order);
      const rows = [...table.tBodies[0].rows].sort((left, right) => {
        const [a, b] = [value(left, column), value(right, column)];
        if (a === "" || b === "") return (a === "") - (b === "");
        return compare(a, b, numeric) * (order === "ascending" ? 1 : -1);
      });
      table.tBodies[0].append(...rows);
    };
    for (const head of heads) head.querySelector("button")?.addEventListener("click", () => sort(head));
  }

  function filtering() {
    const input = document.getElementById("kb-filter");
    if (!input) return;
    input.closest(".kb-filter").hidden = false;
    const rows = all("table.kb-units tbody tr");
    const count = document.getElementById("kb-filter-count");
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLocaleLowerCase();
      for (const row of rows) row.hidden = !row.dataset.search.toLocaleLowerCase().includes(wanted);
      count.textContent = `${rows.filter((row) => !row.hidden).length} / ${rows.length}`;
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const part of [themeButton, codeButton, contents, scrollers, printing, sorting, filtering]) part();
  });
})();
