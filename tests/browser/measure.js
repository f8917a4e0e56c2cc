// What the browser tests measure on a page; put into it by tests/browser/rules.py.
window.eyes = (() => {
  const INTERACTIVE =
    "a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]";
  const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  const COLOURS = ["color-contrast", "link-in-text-block"];
  // the rules of axe for which it matters how large and where a thing is drawn
  const MEASURING = ["target-size"];

  const shown = (element) => element.checkVisibility({ visibilityProperty: true });
  const interactive = () =>
    [...document.querySelectorAll(INTERACTIVE)].filter(
      (el) => shown(el) && !el.disabled && el.tabIndex >= 0,
    );
  const say = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 120);

  // --- axe --------------------------------------------------------------------------------------
  const lines = (results) =>
    results.violations.flatMap((fault) =>
      fault.nodes
        .slice(0, 3)
        .map((node) => `${fault.id}: ${node.html.slice(0, 160)} ${node.failureSummary.slice(0, 200)}`),
    );
  // what lies below a bar that stays in view can be scrolled out from under it: axe takes it for
  // covered, so bars lie still meanwhile; that they cover nothing focused is measured below
  const bars = () =>
    [...document.body.querySelectorAll("*")].filter((el) =>
      /fixed|sticky/.test(getComputedStyle(el).position),
    );
  const structure = async (left_out = []) => {
    const rules = { "target-size": { enabled: true } };
    for (const rule of [...COLOURS, ...left_out]) rules[rule] = { enabled: false };
    const whole = { runOnly: { type: "tag", values: TAGS }, rules };
    const sizes = MEASURING.filter((rule) => !left_out.includes(rule));
    const page = sameAs();
    const known = met.get(page);
    const asked = known ? { runOnly: { type: "rule", values: sizes } } : whole;
    const held = bars();
    held.forEach((el) => el.style.setProperty("position", "static", "important"));
    const found =
      known && !sizes.length
        ? { violations: [] }
        : await axe.run({ ...asked, preload: false, resultTypes: ["violations"] });
    held.forEach((el) => {
      el.style.removeProperty("position");
      if (!el.getAttribute("style")) el.removeAttribute("style");
    });
    const said = lines(found);
    const unmeasured = known ?? said.filter((line) => !sizes.some((rule) => line.startsWith(`${rule}:`)));
    met.set(page, unmeasured);
    return known ? [...unmeasured, ...said] : said;
  };
  // what is written on the page, which of it is shown and which parts scroll: for a rule that does
  // not measure the page is the same at every width that leaves these as they are
  const met = new Map();
  const sameAs = () =>
    document.body.outerHTML +
    [...document.body.querySelectorAll("*")]
      .map((el) => (shown(el) ? (scrolls(el) ? "s" : "1") : "0"))
      .join("");
  const scrolls = (el) =>
    (el.scrollWidth > el.clientWidth || el.scrollHeight > el.clientHeight) &&
    /auto|scroll/.test(getComputedStyle(el).overflow);
  const colours = async (pairs = null) => {
    const runOnly = { type: "rule", values: COLOURS };
    // one place for each pair of colours: all others look the same to axe
    const where = pairs ? { include: pairs.map((pair) => lettered().get(pair)).filter(Boolean) } : document;
    if (pairs && !where.include.length) return [];
    return lines(await axe.run(where, { runOnly, preload: false, resultTypes: ["violations"] }));
  };

  // --- room -------------------------------------------------------------------------------------
  const clips = (element) => {
    for (let at = element.parentElement; at && at !== document.body; at = at.parentElement) {
      if (getComputedStyle(at).overflowX !== "visible") return true;
    }
    return false;
  };
  // numbers and look-up codes are drawn by lot: a page has room for the widest letters, or it has none
  const widest = () => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const kept = [];
    for (let text = texts.nextNode(); text; text = texts.nextNode()) {
      const grown = text.data.replace(/\b([0-9A-Z]{5}-[0-9A-Z]{5}|[0-9A-Z]{4} [0-9A-Z]{4})\b/g, (code) =>
        code.replace(/[0-9A-Z]/g, "W"),
      );
      if (grown !== text.data && !text.parentElement.closest("script, style, textarea")) {
        kept.push([text, text.data]);
        text.data = grown;
      }
    }
    return () => kept.forEach(([text, data]) => { text.data = data; });
  };
  const wide = () => {
    const restore = widest();
    try {
      return sideways();
    } finally {
      restore();
    }
  };
  const sideways = () => {
    const room = document.documentElement.clientWidth;
    const over = document.documentElement.scrollWidth - room;
    if (over <= 0) return [];
    const guilty = [...document.body.querySelectorAll("*")]
      .filter((el) => el.getBoundingClientRect().right > room + 0.5 && !clips(el))
      .slice(-3);
    return [`scrolls sideways by ${over}`, ...guilty.map((el) => `  too wide: ${say(el)}`)];
  };

  const boxOf = (element) => {
    const boxes = [element, ...(element.labels ?? [])]
      .filter((el) => el === element || element.matches("[type=radio], [type=checkbox], [type=file]"))
      .map((el) => el.getBoundingClientRect());
    const [left, top] = [Math.min(...boxes.map((b) => b.left)), Math.min(...boxes.map((b) => b.top))];
    const right = Math.max(...boxes.map((b) => b.right));
    const bottom = Math.max(...boxes.map((b) => b.bottom));
    return { left, top, right, bottom, width: right - left, height: bottom - top };
  };
  // a link within a sentence is as high as its line: WCAG 2.5.8 lets it
  const inSentence = (element) => {
    if (!element.matches("a") || getComputedStyle(element).display !== "inline") return false;
    let block = element.parentElement;
    while (getComputedStyle(block).display === "inline") block = block.parentElement;
    const copy = block.cloneNode(true);
    copy.querySelectorAll("a, button, summary, script, style").forEach((el) => el.remove());
    return /[\p{L}\p{N}]/u.test(copy.textContent);
  };
  const onPicture = (element) => element instanceof SVGElement;
  // a link may be stretched over its card: then a touch beside its words meets it too
  const stretched = (element, least) => {
    element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" });
    const box = element.getBoundingClientRect();
    const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
    const far = least / 2 - 1;
    const spots = [[x, y - far], [x, y + far], [x - far, y], [x + far, y]];
    return spots.every(([left, top]) => element.contains(document.elementFromPoint(left, top)));
  };
  const small = (least) =>
    interactive()
      .filter((el) => !inSentence(el) && !onPicture(el) && !el.matches(".skip"))
      .map((el) => [el, boxOf(el)])
      .filter(([, box]) => box.height < least - 0.5 || box.width < least - 0.5)
      .filter(([el]) => !stretched(el, least))
      .map(([el, box]) => `${Math.round(box.width)}×${Math.round(box.height)}: ${say(el)}`);

  // --- focus ------------------------------------------------------------------------------------
  const numbers = (colour) => (colour.match(/[\d.]+/g) ?? []).map(Number);
  const over = ([r, g, b, a = 1], below) =>
    [r, g, b].map((part, at) => part * a + below[at] * (1 - a));
  const ground = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) {
      const parts = numbers(getComputedStyle(at).backgroundColor);
      if (parts.length && parts[3] !== 0) layers.push(parts);
      if (parts.length && (parts[3] ?? 1) === 1) break;
    }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => {
      const share = part / 255;
      return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [a, b] = [light(one), light(other)].sort((x, y) => y - x);
    return (a + 0.05) / (b + 0.05);
  };

  const remembered = (measure) => {
    const known = new Map();
    return (element) => {
      if (!known.has(element)) known.set(element, measure(element));
      return known.get(element);
    };
  };
  // every way in which letters stand on a ground here: what decides about their contrast; with the
  // first element that shows it
  const lettered = () => {
    const found = new Map();
    const looks = remembered((element) => {
      if (!shown(element)) return null;
      const style = getComputedStyle(element);
      const around = element.matches("a") ? getComputedStyle(element.parentElement).color : "";
      const link = around && `${style.textDecorationLine} in ${around}`;
      const letters = [style.color, style.opacity, style.fontSize, style.fontWeight, link];
      return [...letters, grounds(element), pictures(element)].join(" ");
    });
    const grounds = remembered(ground);
    const pictures = remembered(pictured);
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      const look = text.data.trim() ? looks(text.parentElement) : null;
      if (look && !found.has(look)) found.set(look, text.parentElement);
    }
    // what is typed or chosen is no text of the page
    for (const field of document.body.querySelectorAll("input:not([type=hidden]), select, textarea")) {
      const look = looks(field) && `${field.tagName} ${field.type} ${looks(field)}`;
      if (look && !found.has(look)) found.set(look, field);
    }
    return found;
  };
  const palette = () => [...lettered().keys()];
  // put on a colour scheme and other display classes in place: quicker than loading again
  const wear = (scheme, more = []) => {
    const root = document.documentElement;
    const kept = [...root.classList].filter(
      (name) => !name.startsWith("scheme-") && !(more.length && name.startsWith("text-")),
    );
    root.className = [...kept, `scheme-${scheme}`, ...more].join(" ");
    return true;
  };
  const palettes = (schemes) =>
    schemes.map((scheme) => {
      wear(scheme);
      return palette();
    });
  // a picture behind the letters is told by its place: it may differ from page to page
  const pictured = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const style = getComputedStyle(at);
      if (style.backgroundImage !== "none") return style.backgroundImage;
    }
    return "";
  };

  // rings as [width, colour, whether it lies inside the element]
  const rings = (element) => [undefined, "::after"].flatMap((part) => ringsOf(element, part));
  const ringsOf = (element, part) => {
    const style = getComputedStyle(element, part);
    const found = [];
    if (part && style.content === "none") return found;
    if (style.outlineStyle !== "none" && style.outlineStyle !== "hidden") {
      const width = parseFloat(style.outlineWidth);
      found.push([width, style.outlineColor, parseFloat(style.outlineOffset) <= -width]);
    }
    for (const shadow of style.boxShadow.split(/,(?![^(]*\))/)) {
      const colour = shadow.match(/(?:rgb|color)a?\([^)]*\)/)?.[0];
      const [x, y, blur, spread] = (shadow.replace(colour, "").match(/-?[\d.]+px/g) ?? []).map(parseFloat);
      if (colour && !blur && !x && !y) found.push([spread, colour, shadow.includes("inset")]);
    }
    return found;
  };
  // on a map the shape inside the link gets the ring, as its stroke
  const strokes = (element) =>
    [...element.querySelectorAll("path, circle, rect, polygon")].map((shape) => {
      const style = getComputedStyle(shape);
      const scale = style.vectorEffect === "non-scaling-stroke" ? 1 : shape.getScreenCTM().a;
      return [parseFloat(style.strokeWidth) * scale, style.stroke, false];
    });
  const strong = (element) =>
    [...rings(element), ...(element instanceof SVGElement ? strokes(element) : [])].filter(([width, colour, inside]) => {
      const below = ground(inside ? element : element.parentElement ?? element);
      const shade = numbers(colour);
      return width >= 3 && shade[3] !== 0 && contrast(over(shade, below), below) >= 3;
    });
  // a ring that was not there before, or became another by 3 px of width
  const isNew = ([width, colour], before) =>
    before.every((other) => other[1] !== colour || width - other[0] >= 3);
  const around = (element) =>
    [element, ...(element.labels ?? []), element.nextElementSibling, element.parentElement].filter(Boolean);
  const kind = (element) =>
    [element, element.parentElement, ...(element.labels ?? [])]
      .map((el) => `${el.tagName}.${el.className?.baseVal ?? el.className}`)
      .join(" ");

  const covered = (element) => {
    const targets = [element, ...(element.labels ?? [])];
    return targets.every((target) => {
      const box = target.getBoundingClientRect();
      // of what is larger than the window, the part that is in it
      const [left, top] = [Math.max(box.left, 0), Math.max(box.top, 0)];
      const [right, bottom] = [Math.min(box.right, innerWidth), Math.min(box.bottom, innerHeight)];
      const [midX, midY] = [(left + right) / 2, (top + bottom) / 2];
      const spots = [[midX, midY], [left + 3, midY], [right - 3, midY], [midX, top + 3], [midX, bottom - 3]];
      return !spots.some(([x, y]) => {
        const top = document.elementFromPoint(x, y);
        return top && targets.some((el) => el.contains(top) || top.contains(el));
      });
    });
  };
  // one control of every kind
  const ofKinds = () => {
    const found = new Map();
    for (const element of interactive()) {
      if (!found.has(kind(element))) found.set(kind(element), element);
    }
    return found;
  };
  const kinds = () => [...ofKinds().keys()];
  // every kind of control once, or of some kinds: the ring it shows, and whether something lies on it
  const focus = (asked = null) => {
    const found = [];
    for (const [name, element] of ofKinds()) {
      if (asked && !asked.includes(name)) continue;
      document.activeElement?.blur();
      const before = around(element).map((el) => strong(el));
      element.focus({ focusVisible: true });
      if (document.activeElement !== element) continue;
      const after = around(element).map((el) => strong(el));
      if (!after.some((all, at) => all.some((ring) => isNew(ring, before[at])))) found.push(`weak focus: ${say(element)}`);
      if (covered(element)) found.push(`covered when focused: ${say(element)}`);
    }
    document.activeElement?.blur();
    return found;
  };

  // --- order ------------------------------------------------------------------------------------
  const order = () => {
    const found = [...document.querySelectorAll("[tabindex]")]
      .filter((el) => el.tabIndex > 0)
      .map((el) => `tabindex above 0: ${say(el)}`);
    const first = document.querySelector(INTERACTIVE);
    const target = first?.getAttribute("href");
    if (!target?.startsWith("#") || !document.querySelector(target)?.matches("main")) {
      found.push(`the first stop is no way to the content: ${first ? say(first) : "nothing"}`);
    }
    for (const element of interactive()) {
      for (let at = element; at && at !== document.body; at = at.parentElement) {
        const style = getComputedStyle(at);
        if (!at.parentElement) break;
        const inside = getComputedStyle(at.parentElement).display;
        const turned = style.display.includes("flex") && style.flexDirection.includes("reverse");
        if (turned || (/flex|grid/.test(inside) && style.order !== "0")) {
          found.push(`drawn in another order than read: ${say(at)}`);
        }
      }
    }
    return [...new Set(found)];
  };

  // text beside text; tables, figures and sheets to print keep their shape
  const columns = () => {
    const apart = "table, figure, svg, .sheet, header, .breadcrumb";
    const words = (one) =>
      one.checkVisibility() &&
      (one.innerText || "").trim().length > 12 &&
      getComputedStyle(one).display !== "inline" &&
      !one.closest(apart);
    const found = [];
    for (const box of document.querySelectorAll("main, main *")) {
      const inside = [...box.children].filter(words).map((one) => [one, one.getBoundingClientRect()]);
      for (const [at, [one, a]] of inside.entries()) {
        for (const [other, b] of inside.slice(at + 1)) {
          const lines = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
          const beside = a.right <= b.left + 2 || b.right <= a.left + 2;
          if (lines > 8 && beside && Math.min(a.width, b.width) > 60) {
            const said = [one, other].map((text) => text.innerText.slice(0, 20));
            found.push(`${box.className}: ${said.join(" | ")}`);
          }
        }
      }
    }
    return found;
  };

  // axe asks a person to review these; here they are faults
  const doubles = () => {
    const ids = [...document.querySelectorAll("[id]")].map((el) => el.id);
    return [...new Set(ids.filter((id, at) => ids.indexOf(id) !== at))].map((id) => `id twice: ${id}`);
  };

  return {
    doubles, structure, colours, palette, palettes, wear, wide, small, kinds, focus, order, columns,
    contrast, ground, numbers,
  };
})();
