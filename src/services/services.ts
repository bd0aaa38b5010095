/** Everything the product can do. The schema and the server see nothing below it. */
export type Services = ReturnType<typeof createServices>;

/** Wires the services. */
export function createServices() {
  return {};
}
