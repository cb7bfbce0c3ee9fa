import { createRoot } from "react-dom/client";
import { readSettings } from "./config.js";
import { Page } from "./Page.js";
import "../react/style.css";
import "./page.css";

const settings = await readSettings();
if (settings.lang) document.documentElement.lang = settings.lang;
createRoot(document.getElementById("page")!).render(<Page settings={settings} />);
