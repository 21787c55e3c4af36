// The studio's beginning: the theme, the engine, the screen.

import { connectEngine } from "@bitscape/engine";
import { createRoot } from "react-dom/client";
import { App } from "./App.tsx";
import { start } from "./state/session.ts";
import { restoreTheme } from "./ui/theme.ts";
import "@fontsource-variable/inter/wght.css";
import "./ui/tokens.css";
import "./ui/ui.css";

restoreTheme();
start(connectEngine);
createRoot(document.getElementById("root") as HTMLElement).render(<App />);
