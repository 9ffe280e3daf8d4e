// The few messages of commands that do something and then are done: "wrote the template …". On standard error, with a
// mark and colours on a terminal only. Loaded when there is such a message, because consola costs more than the rest of
// a start.

export async function say(kind: "success" | "info", text: string, colours: boolean): Promise<void> {
  // The whole of it draws marks and colours also where nobody sees them.
  const { createConsola } = await (colours ? import("consola") : import("consola/basic"));
  const { stderr } = process;
  createConsola({ stdout: stderr, stderr, formatOptions: { colors: colours, date: false } })[kind](text);
}
