// The studio's beginning: the theme, the engine, the screen.

import { connectEngine } from "@bitscape/engine";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { startKeeping } from "./keep/autosave.ts";
import { restoreLatest } from "./keep/restore.ts";
import { openSample } from "./state/opening.ts";
import { start } from "./state/session.ts";
import { restoreTheme } from "./ui/theme.ts";
import "@fontsource-variable/inter/wght.css";
import "./ui/tokens.css";
import "./ui/ui.css";

restoreTheme();
// The study that was worked on last, or the bundled sample on a first visit.
start(connectEngine, async () => (await restoreLatest()) || openSample("shapes-resnet"));
startKeeping();
createRoot(document.getElementById("root") as HTMLElement).render(<App />);
