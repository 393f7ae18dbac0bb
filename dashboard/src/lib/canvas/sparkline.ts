// A line of the last values, the newest at the end. Pure but for the context it draws on.
export interface Spark {
    values: readonly number[];
    /** How many fit. */
    slots: number;
    line: string;
    fill: string;
}

/** Where each value stands, in pixels. */
export function sparkPoints(values: readonly number[], slots: number, width: number, height: number): [number, number][] {
    const top = Math.max(1, ...values);
    const step = width / Math.max(1, slots - 1);
    return values.map((value, index) => [width - (values.length - 1 - index) * step, height - 2 - (value / top) * (height - 4)]);
}

export function drawSpark(context: CanvasRenderingContext2D, width: number, height: number, spark: Spark): void {
    const points = sparkPoints(spark.values, spark.slots, width, height);
    const [first] = points;
    if (!first) return;
    context.beginPath();
    for (const [x, y] of points) context.lineTo(x, y);
    context.strokeStyle = spark.line;
    context.lineWidth = 2;
    context.lineJoin = 'round';
    context.stroke();
    context.lineTo(width, height);
    context.lineTo(first[0], height);
    context.globalAlpha = 0.18;
    context.fillStyle = spark.fill;
    context.fill();
    context.globalAlpha = 1;
}
