// A canvas that is as sharp as the screen and is drawn anew when it changes its size.
export type Draw = (context: CanvasRenderingContext2D, width: number, height: number) => void;

export function colour(canvas: HTMLCanvasElement, name: string): string {
    return getComputedStyle(canvas).getPropertyValue(name).trim();
}

/** Fits the canvas to its box and draws. */
export function paint(canvas: HTMLCanvasElement, draw: Draw): void {
    const { width, height } = canvas.getBoundingClientRect();
    const scale = devicePixelRatio;
    if (canvas.width !== Math.round(width * scale)) canvas.width = Math.round(width * scale);
    if (canvas.height !== Math.round(height * scale)) canvas.height = Math.round(height * scale);
    const context = canvas.getContext('2d');
    if (!context || width === 0) return;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    context.clearRect(0, 0, width, height);
    draw(context, width, height);
}
