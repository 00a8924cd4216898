/* Coopera: puts YASGUI before the plain form of the SPARQL page. It asks this server and no other. */
(function () {
  "use strict";
  var place = document.getElementById("editor"), area = document.getElementById("query");
  if (!window.Yasgui || !place || !area) return;
  var form = area.form, answered = document.getElementById("answer");
  place.hidden = false; // before it is filled: the editor measures its room
  var editor = new Yasgui(place, {
    requestConfig: { endpoint: form.action, method: "POST" },
    copyEndpointOnNewTab: false,
    autofocus: false,
    populateFromUrl: false, // the page itself has answered what its address asks
    persistenceId: "coopera-" + location.pathname,
    // Those for classes and properties would ask servers elsewhere.
    yasqe: { value: area.value, autocompleters: ["prefixes", "variables"] }
  });
  var tab = editor.getTab();
  tab.setEndpoint(form.action);
  if (answered || !tab.getQuery().trim()) tab.setQuery(area.value);
  var fold = document.createElement("details"), name = document.createElement("summary");
  name.textContent = place.dataset.plain;
  fold.open = Boolean(answered);
  form.before(fold);
  fold.append(name, form);
})();
