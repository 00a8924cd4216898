// The site's own script: search, facets, sorting. Every page works without it.
"use strict";
(() => {
  const all = (query, from = document) => [...from.querySelectorAll(query)];
  const make = (name, set = {}) => Object.assign(document.createElement(name), set);
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

  // --- Search: an index that is loaded when someone begins to type ------------------------------
  let index = null;
  const waiting = [];
  window.cooperaIndex = (data) => {
    index = data.rows.map(([text, kind, at, others, lang]) => ({
      text, at, lang, kind: data.kinds[kind], key: fold(text), more: fold(others || ""),
    }));
    waiting.splice(0).forEach((go) => go());
  };

  const found = (typed) => {
    const words = fold(typed).split(/\s+/).filter(Boolean);
    const begins = (text, word) => text.startsWith(word) || /[\s|(«"'’-]/.test(text[text.indexOf(word) - 1] || "x");
    const hits = [];
    for (const row of words.length ? index : []) {
      let rank = 0;
      for (const word of words) {
        if (begins(row.key, word)) rank += row.key.startsWith(word) ? 0 : 1;
        else if (begins(row.more, word)) rank += 2;
        else if (row.key.includes(word) || row.more.includes(word)) rank += 4;
        else { rank = -1; break; }
      }
      if (rank && row.more.split("|").includes(words.join(" "))) rank = 0;
      if (rank >= 0) hits.push([rank, hits.length, row]);
    }
    return hits.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map((hit) => hit[2]);
  };

  for (const form of all("form.search")) {
    const box = form.elements.q;
    const list = make("ul", { className: "found", hidden: true });
    const told = make("p", { className: "unseen" });
    told.setAttribute("role", "status");
    box.autocomplete = "off";
    form.append(list, told);
    const links = () => all("a", list);

    const load = () => {
      if (index || form.dataset.asked) return;
      form.dataset.asked = "yes";
      document.head.append(make("script", { src: form.dataset.index }));
    };
    const show = () => {
      if (!index) { waiting.push(show); return; }
      const typed = box.value.trim();
      const hits = typed ? found(typed) : [];
      list.replaceChildren(...hits.slice(0, 12).map((row) => {
        const item = make("li");
        const link = make("a", { href: form.dataset.up + row.at + ".html" });
        const name = make("span", { textContent: row.text });
        if (row.lang) name.lang = row.lang;
        link.append(name, make("small", { textContent: row.kind }));
        item.append(link);
        return item;
      }));
      if (typed && !hits.length) list.append(make("li", { textContent: form.dataset.none }));
      told.textContent = typed ? form.dataset.told.replace("{}", hits.length) : "";
      list.hidden = !typed;
    };
    box.addEventListener("focus", load);
    box.addEventListener("input", () => { load(); show(); });
    form.addEventListener("keydown", (event) => {
      if (event.key === "Escape") { list.hidden = true; box.focus(); }
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (!step || list.hidden) return;
      event.preventDefault();
      const places = [box, ...links()];
      const at = places.indexOf(document.activeElement);
      places[(at + step + places.length) % places.length].focus();
    });
    form.addEventListener("submit", (event) => {
      const first = links()[0];
      if (!first || !box.value.trim()) return;
      event.preventDefault();
      location.href = first.href;
    });
    form.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !form.contains(event.relatedTarget)) list.hidden = true;
    });
    document.addEventListener("click", (event) => {
      if (!form.contains(event.target)) list.hidden = true;
    });
    const asked = form.dataset.all ? new URLSearchParams(location.search).get("q") : "";
    if (asked) { box.value = asked; load(); show(); }
  }

  // --- Facets: rows that fit every value chosen; the choice stands in the address ---------------
  const facets = document.querySelector(".facets[data-rows]");
  if (facets) {
    const rows = all("tbody tr[data-f]").map((row) => [row, new Set(row.dataset.f.split(" "))]);
    const links = all("a[data-f]", facets);
    const total = document.getElementById("total");
    const whole = total.textContent;
    const keys = links.map((link) => link.parentNode.id);
    const chosen = new Set();
    const clear = make("button", { type: "button", textContent: facets.dataset.clear, hidden: true });
    total.setAttribute("role", "status");
    total.parentNode.append(" ", clear);

    const show = () => {
      const wanted = links.filter((_, n) => chosen.has(keys[n])).map((link) => link.dataset.f);
      const left = rows.filter(([row, has]) => !(row.hidden = !wanted.every((f) => has.has(f))));
      links.forEach((link, n) => {
        const fits = left.filter(([, has]) => has.has(link.dataset.f)).length;
        const pressed = chosen.has(keys[n]);
        link.setAttribute("aria-pressed", String(pressed));
        link.parentNode.querySelector(".count").textContent = fits;
        link.parentNode.classList.toggle("off", !fits && !pressed);
      });
      total.textContent = chosen.size ? facets.dataset.left.replace("{}", left.length).replace("{}", rows.length) : whole;
      clear.hidden = !chosen.size;
    };
    const keep = () => {
      const said = [...chosen].map(encodeURIComponent).join(",");
      history.replaceState(null, "", said ? "#" + said : location.pathname + location.search);
    };
    const read = () => {
      chosen.clear();
      for (const part of location.hash.slice(1).split(",")) {
        let key = "";
        try { key = decodeURIComponent(part); } catch { continue; }
        if (keys.includes(key)) chosen.add(key);
      }
      show();
    };
    links.forEach((link, n) => {
      link.setAttribute("role", "button");
      const toggle = (event) => {
        event.preventDefault();
        if (!chosen.delete(keys[n])) chosen.add(keys[n]);
        show();
        keep();
      };
      link.addEventListener("click", (event) => {
        if (!(event.ctrlKey || event.metaKey || event.shiftKey)) toggle(event);
      });
      link.addEventListener("keydown", (event) => { if (event.key === " ") toggle(event); });
    });
    clear.addEventListener("click", () => { chosen.clear(); show(); keep(); links[0].focus(); });
    window.addEventListener("hashchange", read);
    read();
  }

  // --- Sorting: the head of a column orders its rows --------------------------------------------
  const compare = new Intl.Collator(document.documentElement.lang, { numeric: true }).compare;
  const value = (row, n) => {
    const cell = row.cells[n];
    const time = cell.querySelector("time");
    return time ? time.dateTime : cell.querySelector(".unknown, .none") ? "" : cell.textContent.trim();
  };
  for (const head of all("table.sorts thead th")) {
    const body = head.closest("table").tBodies[0];
    if (body.rows.length < 3) continue;
    const button = make("button", { type: "button", textContent: head.textContent });
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      all("th", head.parentNode).forEach((th) => th.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const keyed = [...body.rows].map((row) => [value(row, head.cellIndex), row]);
      keyed.sort(([a], [b]) => !a - !b || (down ? compare(b, a) : compare(a, b)));
      body.append(...keyed.map(([, row]) => row));
    });
  }

  // --- The other language shows the same rows ---------------------------------------------------
  for (const link of all("a.switch")) {
    link.addEventListener("click", () => { link.hash = location.hash; });
  }
})();
