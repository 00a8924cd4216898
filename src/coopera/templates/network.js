/* Coopera: makes the drawn network movable with d3-force. Without it the picture says the same.
   A mouse or a pen drags a node and its neighbours give way; a click still follows the link. */
(function () {
  "use strict";
  if (!window.d3 || !d3.forceSimulation) return;
  var still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
  document.querySelectorAll(".network.whole svg").forEach(begin);

  function begin(svg) {
    var area = svg.viewBox.baseVal;
    var nodes = Array.from(svg.querySelectorAll("[data-node]"), function (group) {
      var at = group.transform.baseVal.consolidate().matrix;
      return { group: group, id: +group.dataset.node, x: at.e, y: at.f, homeX: at.e, homeY: at.f };
    });
    var byId = new Map(nodes.map(function (node) { return [node.id, node]; }));
    var links = Array.from(svg.querySelectorAll("[data-from]"), function (line) {
      var source = byId.get(+line.dataset.from), target = byId.get(+line.dataset.to);
      return { line: line, source: source, target: target,
               length: Math.hypot(source.x - target.x, source.y - target.y) };
    });
    var moving = d3.forceSimulation(nodes).stop()
      .force("link", d3.forceLink(links).distance(function (l) { return l.length; }).strength(0.25))
      .force("x", d3.forceX(function (n) { return n.homeX; }).strength(0.12))
      .force("y", d3.forceY(function (n) { return n.homeY; }).strength(0.12))
      .on("tick", show);
    svg.classList.add("movable");
    nodes.forEach(function (node) { node.group.addEventListener("pointerdown", take.bind(null, node)); });
    svg.addEventListener("dragstart", function (event) { event.preventDefault(); });

    function show() {
      nodes.forEach(function (node) {
        node.x = Math.max(area.x, Math.min(area.x + area.width, node.x));
        node.y = Math.max(area.y, Math.min(area.y + area.height, node.y));
        node.group.setAttribute("transform", "translate(" + node.x.toFixed(1) + " " + node.y.toFixed(1) + ")");
      });
      links.forEach(function (link) {
        link.line.setAttribute("x1", link.source.x);
        link.line.setAttribute("y1", link.source.y);
        link.line.setAttribute("x2", link.target.x);
        link.line.setAttribute("y2", link.target.y);
      });
    }

    function place(event) {
      return new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    }

    function take(node, event) {
      if (event.button !== 0 || event.pointerType === "touch") return; // a finger scrolls the page
      var from = place(event), startX = node.x, startY = node.y, moved = false;
      function drag(next) {
        var to = place(next), x = to.x - from.x, y = to.y - from.y;
        if (!moved && Math.hypot(x, y) < 4) return;
        if (!moved) {
          moved = true;
          svg.classList.add("moving");
          if (!still) moving.alphaTarget(0.3).restart();
        }
        node.x = node.fx = node.homeX = startX + x;
        node.y = node.fy = node.homeY = startY + y;
        if (still) show();
      }
      function drop() {
        window.removeEventListener("pointermove", drag);
        window.removeEventListener("pointerup", drop);
        window.removeEventListener("pointercancel", drop);
        svg.classList.remove("moving");
        node.fx = node.fy = null;
        if (!moved) return;
        moving.force("x").x(function (n) { return n.homeX; });
        moving.force("y").y(function (n) { return n.homeY; });
        moving.alphaTarget(0);
        // The click that ends a drag opens nothing.
        function refuse(click) { click.preventDefault(); click.stopPropagation(); }
        window.addEventListener("click", refuse, { capture: true, once: true });
        setTimeout(function () { window.removeEventListener("click", refuse, true); }, 0);
      }
      window.addEventListener("pointermove", drag);
      window.addEventListener("pointerup", drop);
      window.addEventListener("pointercancel", drop);
    }
  }
})();
