// The limit: node:http and nothing else. Reads the body, looks up the token, answers JSON that it makes anew for every request.
import { createServer } from 'node:http';
import { greet, models, viewerOf } from './data.js';

function answerTo(query, viewer) {
  if (query.includes('models')) return { models: models.map((model) => ({ ...model })) };
  return { viewer: { id: viewer.id, displayName: viewer.displayName } };
}

const server = createServer((request, response) => {
  const chunks = [];
  request.on('data', (chunk) => chunks.push(chunk));
  request.on('end', () => {
    const { query } = JSON.parse(Buffer.concat(chunks).toString());
    const text = JSON.stringify({ data: answerTo(query, viewerOf(request.headers.authorization)) });
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }).end(text);
  });
});
server.listen(0, '127.0.0.1', () => greet(server.address().port));
