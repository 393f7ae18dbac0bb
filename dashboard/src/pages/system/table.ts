/** Series of [time, value, …] as columns with one time for all, as uPlot wants them; null where one has no point. */
export function table(series: (readonly number[])[][]): [number[], ...(number | null)[][]] {
    const times = [...new Set(series.flatMap((points) => points.map((point) => point[0] ?? 0)))].sort((a, b) => a - b);
    const columns = series.map((points) => {
        const values = new Map(points.map((point) => [point[0], point[1] ?? null]));
        return times.map((time) => values.get(time) ?? null);
    });
    return [times, ...columns];
}
