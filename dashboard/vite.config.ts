import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
    plugins: [svelte()],
    build: {
        outDir: '../build/dashboard/dist',
        emptyOutDir: true,
        target: 'es2022',
        modulePreload: { polyfill: false },
        assetsInlineLimit: 0, // data: addresses are refused by our own Content-Security-Policy
    },
    // make demo, or midi-admin by hand, serves the data while the page is being written.
    server: { proxy: { '/api': 'http://127.0.0.1:8080', '/ws': { target: 'ws://127.0.0.1:8080', ws: true } } },
    test: { include: ['test/**/*.test.ts'], environment: 'node', testTimeout: 60_000 }, // of a machine that does other things, too
});
