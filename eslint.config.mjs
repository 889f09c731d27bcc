// The browser's side of ui/. `make check` runs this where Node.js is.
const browser = [
  "Blob",
  "CSS",
  "Element",
  "EventSource",
  "Highlight",
  "Image",
  "MutationObserver",
  "NodeFilter",
  "Range",
  "ResizeObserver",
  "URL",
  "cancelAnimationFrame",
  "clearInterval",
  "clearTimeout",
  "document",
  "getComputedStyle",
  "history",
  "localStorage",
  "location",
  "performance",
  "requestAnimationFrame",
  "setInterval",
  "setTimeout",
  "window",
]

export default [
  {
    files: ["ui/**/*.js"],
    languageOptions: { globals: Object.fromEntries(browser.map((name) => [name, "readonly"])) },
    rules: {
      eqeqeq: "error",
      "no-undef": "error",
      "no-unused-vars": "error",
      "no-var": "error",
      "prefer-const": "error",
    },
  },
]
