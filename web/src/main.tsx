import { createRoot } from "react-dom/client";
import { App } from "./app/app";
import { activateLocale, initialLocale } from "./i18n/i18n";
import "./ui/global.css";

const root = document.getElementById("root");
if (!root) throw new Error("index.html has no #root");

void activateLocale(initialLocale()).then(() => createRoot(root).render(<App />));
