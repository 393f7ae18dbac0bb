// Draws by the frame, while the canvas is there.
/** `draw` is asked before each frame, `everyMs` apart at least; it decides whether there is something to draw. */
export function eachFrame(draw: () => void, everyMs = 0): () => void {
    let id = 0;
    let last = -Infinity;
    const turn = (now: number): void => {
        id = requestAnimationFrame(turn);
        if (now - last < everyMs) return;
        last = now;
        draw();
    };
    id = requestAnimationFrame(turn);
    return () => cancelAnimationFrame(id);
}
