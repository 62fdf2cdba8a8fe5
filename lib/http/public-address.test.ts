import { expect, test } from "bun:test";
import { isPublicAddress } from "./public-address.ts";

test.each([
  ["this host", "0.0.0.0"],
  ["this network", "0.1.2.3"],
  ["private class A", "10.0.0.1"],
  ["carrier-grade NAT", "100.64.0.1"],
  ["loopback", "127.0.0.1"],
  ["all of loopback", "127.255.255.254"],
  ["cloud metadata", "169.254.169.254"],
  ["private class B", "172.16.0.1"],
  ["the end of private class B", "172.31.255.255"],
  ["protocol assignments", "192.0.0.170"],
  ["documentation", "192.0.2.1"],
  ["6to4 relay", "192.88.99.1"],
  ["private class C", "192.168.1.1"],
  ["benchmarking", "198.18.0.1"],
  ["multicast", "224.0.0.1"],
  ["reserved", "240.0.0.1"],
  ["broadcast", "255.255.255.255"],
  ["IPv6 unspecified", "::"],
  ["IPv6 loopback", "::1"],
  ["IPv6 link-local", "fe80::1"],
  ["IPv6 link-local with a zone", "fe80::1%eth0"],
  ["IPv6 unique local", "fd00::1"],
  ["cloud metadata over IPv6", "fd00:ec2::254"],
  ["IPv6 site-local", "fec0::1"],
  ["IPv6 multicast", "ff02::1"],
  ["IPv6 documentation", "2001:db8::1"],
  ["mapped loopback", "::ffff:127.0.0.1"],
  ["mapped metadata in hex", "::ffff:a9fe:a9fe"],
  ["IPv4-compatible loopback", "::127.0.0.1"],
  ["translated loopback", "::ffff:0:127.0.0.1"],
  ["NAT64 of a private address", "64:ff9b::10.0.0.1"],
  ["local NAT64", "64:ff9b:1::a00:1"],
  ["6to4 of loopback", "2002:7f00:1::"],
  ["6to4 of a public address", "2002:808:808::"],
  ["Teredo", "2001:0:808:808::1"],
  ["IPv6 that nobody has been given", "4000::1"],
  ["not an address", "example.com"],
  ["nothing", ""],
])("%s is not public: %s", (_, address) => {
  expect(isPublicAddress(address)).toBe(false);
});

test.each([
  ["8.8.8.8"],
  ["172.32.0.1"],
  ["100.128.0.1"],
  ["2606:4700::6810:84e5"],
  ["::ffff:8.8.8.8"],
  ["64:ff9b::8.8.8.8"],
])("%s is public", (address) => {
  expect(isPublicAddress(address)).toBe(true);
});
