/** The version of bp-net, as package.json says it; models tell which one trained them. */
export const BP_NET_VERSION = '0.1.0'
