/** A site that answers as a test says, where the example site does not answer so: `answers`, by "METHOD /path"; a third
 * value is how many milliseconds it takes. */
import { createServer } from "node:http";

/** Serve until `close()`; `asked` lists what came: method, url, headers, body. */
export async function stub(answers) {
  const asked = [];
  const server = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const { method, url, headers } = request;
    asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
    const [status, body, wait = 0] = answers[`${method} ${url}`] ?? [404, {}];
    await new Promise((resolve) => setTimeout(resolve, wait));
    response.writeHead(status, { "Content-Type": "application/json" }).end(JSON.stringify(body));
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}`;
  return { url, asked, close: () => new Promise((resolve) => (server.closeAllConnections(), server.close(resolve))) };
}
