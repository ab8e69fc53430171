// What is wrong with the texts of the charts on a page: over each other, cut off, too small, or too faint (WCAG 2.2, 1.4.3).
(() => {
  const light = (colour) => {
    const [r, g, b] = colour.match(/[\d.]+/g).map(Number).map((c) => c / 255)
      .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [less, more] = [light(one), light(other)].sort((a, b) => a - b);
    return (more + 0.05) / (less + 0.05);
  };
  const found = [];
  for (const svg of document.querySelectorAll("svg")) {
    const { width, height } = svg.viewBox.baseVal;
    const shapes = [...svg.querySelectorAll("rect, path, circle")]
      .map((shape) => ({ shape, box: shape.getBBox(), fill: getComputedStyle(shape).fill }))
      .filter(({ fill }) => fill !== "none");
    const texts = [...svg.querySelectorAll("text")].filter((text) => text.textContent.trim());
    const boxes = texts.map((text) => text.getBBox());
    texts.forEach((text, i) => {
      const [box, style, said] = [boxes[i], getComputedStyle(text), text.textContent.slice(0, 40)];
      if (box.x < -1 || box.y < -1 || box.x + box.width > width + 1 || box.y + box.height > height + 1)
        found.push(`cut off: "${said}"`);
      if (parseFloat(style.fontSize) < 11) found.push(`too small: "${said}"`);
      const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
      const behind = shapes.filter(({ shape, box: b }) =>
        shape.compareDocumentPosition(text) & Node.DOCUMENT_POSITION_FOLLOWING &&
        b.x <= box.x + 2 && b.x + b.width >= box.x + box.width - 2 && b.y <= y && b.y + b.height >= y && b.x <= x).pop();
      const ratio = contrast(style.fill, behind ? behind.fill : "rgb(255, 255, 255)");
      if (ratio < 4.5) found.push(`faint: ${ratio.toFixed(2)} "${said}"`);
      for (let j = 0; j < i; j++) {
        const over = Math.min(box.x + box.width, boxes[j].x + boxes[j].width) - Math.max(box.x, boxes[j].x);
        const down = Math.min(box.y + box.height, boxes[j].y + boxes[j].height) - Math.max(box.y, boxes[j].y);
        // The box of a line has room for accents and tails above and below, so neighbours share a little of it.
        if (over > 1 && down > 4) found.push(`over each other: "${said}" and "${texts[j].textContent.slice(0, 40)}"`);
      }
    });
  }
  return found;
})()
