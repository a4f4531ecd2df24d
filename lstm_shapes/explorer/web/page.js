// The page: puts the parts together, and carries between them and the kernel what is done and what is to be shown.

import { showAbsence } from "./absence.js";
import { addressBar } from "./address.js";
import { around } from "./dom.js";
import { helpButton } from "./help.js";
import { keepKeys } from "./keys.js";
import { observe, read, tell } from "./model.js";
import { focusField, trouble } from "./notices.js";
import { Panels } from "./panels.js";
import { refusal, takeNumber } from "./parts/fields.js";
import { Figure } from "./picture.js";
import { listen } from "./pointing.js";
import { Pulse } from "./pulse.js";
import { watchRail } from "./rail.js";
import { keepTall, watchRoom } from "./room.js";
import { routesBar } from "./routes.js";
import { takeAway } from "./share.js";
import { Stage, skeleton } from "./stage.js";
import { attachTips } from "./tip.js";
import { toolbar } from "./tools.js";

/** @import { Model } from "./model.js" */
/** @import { Absence } from "./pulse.js" */

export default {
  /** @param {{ model: Model, el: HTMLElement }} view */
  render({ model, el }) {
    const ending = new AbortController();
    const { signal } = ending;
    const page = read(model, "page");
    const served = document.body.hasAttribute("data-voila");
    const buttons = served ? page.served : page.embedded;
    const parts = skeleton(page, buttons);
    const figure = new Figure(parts, page);
    const stage = new Stage(parts, figure, page);
    const panels = new Panels(model, figure, page, signal);
    parts.root.append(panels.root);
    const tellWrong = trouble(el, parts.notices, page.go_there, signal);
    const tools = toolbar(model, page, el, served, signal);
    tools.append(helpButton(page, el, served, signal));
    parts.root.prepend(tools);
    const { cards, picture } = parts;
    // Beside the stage, not in its grid: there it could stay in view only within its own row.
    el.append(routesBar(model, page, { cards, picture, panel: panels.root }, signal), parts.root);
    keepKeys(el, signal);
    const rail = watchRail(el, page, signal);
    /** @type {unknown[]} */
    let last = [];
    const draw = () => {
      const [view, picture] = [read(model, "view"), read(model, "picture")];
      const [slices, found] = [read(model, "slices"), read(model, "found")];
      const now = [view, picture, slices, found];
      // One message may have changed them all; each of them is heard of by itself.
      if (now.every((each, i) => each === last[i])) return;
      last = now;
      stage.draw(view, picture, slices, found);
      panels.expect(view.showing);
      rail.blame(view.blame);
      tellWrong(view.notices);
    };
    /** @type {(id: string) => void} */
    const pin = (id) => {
      figure.pin(id);
      tell(model, "selection", id);
    };
    /** @type {(event: Event) => void} */
    const act = (event) => {
      const { cure, argument } = around(event, "[data-cure]")?.dataset ?? {};
      if (!cure) return;
      // The button goes with its notice: the focus goes where the mended value is.
      focusField(el, argument);
      model.send({ action: "open", link: cure });
    };
    const drawPanel = () => panels.draw(read(model, "panel"));
    /** @type {(sample: number) => void} */
    const show = (sample) => tell(model, "sample", sample);
    const takeSample = () => takeNumber(parts.sample, show, refusal(model, "sample"));
    for (const name of ["view", "picture", "slices", "found"]) observe(model, name, draw, signal);
    observe(model, "panel", drawPanel, signal);
    observe(model, "choices", () => panels.redraw(), signal);
    observe(model, "selection", () => figure.pin(read(model, "selection")), signal);
    parts.sample.addEventListener("change", takeSample, { signal });
    parts.root.addEventListener("click", act, { signal });
    takeAway(model, parts.share, buttons, page, figure, signal);
    listen(parts.root, figure, pin, signal);
    attachTips(parts.root, figure, el, signal);
    watchRoom(model, parts.scroll, signal);
    keepTall(parts.picture, parts.says, signal);
    figure.pinned = read(model, "selection");
    draw();
    drawPanel();
    // What was sent while the page set up its side has not been heard here.
    model.send({ action: "ask" });
    const without = served ? page.served_without : page.embedded_without;
    const tellAbsence = (/** @type {Absence | null} */ absence) => {
      showAbsence(el, parts.absence, absence, without, read(model, "share").call);
      stage.live = !absence;
      stage.drawCards(read(model, "view"));
      if (!absence) model.send({ action: "ask" });
    };
    new Pulse(model, tellAbsence, () => read(model, "view").pending).start(signal);
    if (served) {
      document.title = page.browser;
      addressBar(model, signal);
    }
    return () => ending.abort();
  },
};
