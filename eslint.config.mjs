// The browser's side of ui/components. `make check` runs this where Node.js is.
const browser = [
  "document",
  "requestAnimationFrame",
  "Image",
  "ResizeObserver",
  "window",
  "setInterval",
  "clearInterval",
]

export default [
  {
    files: ["ui/components/**/*.js"],
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
