/** A process that sends back what it is sent, at the path that it is given: what the socket costs without a gate behind it. */
import { createServer } from 'node:net';

createServer({ noDelay: true }, (socket) => {
  socket.on('data', (chunk) => socket.write(chunk));
  socket.on('error', () => socket.destroy());
}).listen(process.argv[2], () => console.error('Ctrl-C ends it'));
