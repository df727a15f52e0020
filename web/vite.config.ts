import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** `npm run build:web`. With `npx vite web` the pages reload as they are edited and the API is that of a running `npm start`. */
export default defineConfig({
  root: import.meta.dirname,
  base: './',
  plugins: [react()],
  build: {
    outDir: '../dist-web',
    emptyOutDir: true,
    target: 'es2023',
    // The policy of the server allows scripts and styles from files only.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { proxy: { '/api': { target: 'http://127.0.0.1:8080', ws: true } } },
});
