// What a person with weak eyes or an unsteady finger would stumble over; each finding is one line.
() => {
  const visible = (element) => element.getClientRects().length > 0 && getComputedStyle(element).visibility === "visible";
  const numbers = (colour) => colour.match(/[\d.]+/g).map(Number);
  const luminance = ([red, green, blue]) => {
    const [r, g, b] = [red, green, blue].map((part) => {
      const value = part / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const colour = numbers(getComputedStyle(at).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const contrast = (element) => {
    const [dark, light] = [numbers(getComputedStyle(element).color), behind(element)].map(luminance).sort((a, b) => a - b);
    return (light + 0.05) / (dark + 0.05);
  };
  const named = (element) => `${element.tagName} ${(element.id || element.textContent || element.name).trim().slice(0, 20)}`;
  const findings = [];

  for (const element of document.querySelectorAll("body *")) {
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!visible(element) || !(words || element.matches("input[type=text], input[type=tel], textarea"))) continue;
    const size = parseFloat(getComputedStyle(element).fontSize);
    if (contrast(element) < 4.5) findings.push(`contrast ${contrast(element).toFixed(1)}: ${named(element)}`);
    if (size < 15 || (element.matches("p, input, textarea, button, label") && size < 16)) findings.push(`type ${size}: ${named(element)}`);
  }
  for (const element of document.querySelectorAll("button, summary, label:not([for]), .larger-label, textarea, input[type=text], input[type=tel], a")) {
    if (!visible(element) || element.closest("li")) continue;
    const { width, height } = element.getBoundingClientRect();
    if (height < 44 || width < 44) findings.push(`target ${width} x ${height}: ${named(element)}`);
  }
  for (const element of document.querySelectorAll("a, button, input:not([type=hidden]), textarea, summary")) {
    if (!visible(element)) continue;
    element.focus();
    const seen = element.id === "larger" ? document.querySelector(".larger-label") : element;
    const outline = getComputedStyle(seen);
    if (outline.outlineStyle === "none" || parseFloat(outline.outlineWidth) < 2) findings.push(`focus: ${named(element)}`);
  }
  if (document.querySelectorAll("h1").length !== 1) findings.push("not one h1");
  return findings;
}
