/**
 * Loaded in front of an example product's own code (`node --import`), which knows nothing of it:
 * when the process that started it is gone, even by kill -9, it ends too and its port is free again.
 */
process.once('disconnect', () => process.exit(0))
// The channel alone must not keep a program alive that has nothing left to do.
process.channel?.unref()
