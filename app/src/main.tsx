// The studio's beginning: the theme, the engine, the screen.

import { connectEngine } from "@bitscape/engine";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { startKeeping } from "./keep/autosave.ts";
import { keepPage, renewed } from "./keep/offline.ts";
import { keepPanels } from "./keep/panels.ts";
import { arrive } from "./open/arrival.ts";
import { start } from "./state/session.ts";
import { restoreTheme } from "./ui/theme.ts";
import "@fontsource-variable/inter/wght.css";
import "./ui/tokens.css";
import "./ui/ui.css";
import "./ui/forced.css";

restoreTheme();
void renewed().then((again) => {
  if (again) return;
  start(connectEngine, arrive);
  keepPanels();
  startKeeping();
  keepPage();
  createRoot(document.getElementById("root") as HTMLElement).render(<App />);
});
