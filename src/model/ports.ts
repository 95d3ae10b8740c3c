/** The ports Glassbox picks its own from: below every system's ephemeral range. */
export const firstPort = 24180;
export const portCount = 1000;

/** Where OpenTelemetry SDKs send by default. */
export const standardHttpPort = 4318;
export const standardGrpcPort = 4317;
