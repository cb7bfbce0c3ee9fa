import { createRoot } from "react-dom/client";
import { Page } from "./Page.js";
import { readSettings } from "./settings.js";
import "../react/style.css";
import "./page.css";
import "./one.css";
import "./all.css";
import "./large.css";
import "./screens.css";

const settings = readSettings();
// The visitor's language, where the owner has set none.
const lang = settings.lang || navigator.language;
document.documentElement.lang = lang;
createRoot(document.getElementById("page")!).render(<Page settings={settings} lang={lang} />);
