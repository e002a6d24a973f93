//! Slow and simple parsers; the fuzz targets compare the services' fast parsers with them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// The cookies of these lines, in order. A pair that is not UTF-8 is left out.
pub fn cookies(lines: &[&[u8]]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for pair in lines.iter().flat_map(|line| parts(line, b';')) {
        let (mut name, mut value) = (Vec::new(), None);
        for byte in pair {
            match &mut value {
                None if byte == b'=' => value = Some(Vec::new()),
                None => name.push(byte),
                Some(value) => value.push(byte),
            }
        }
        // Without an equals sign it is no pair.
        let Some(value) = value else { continue };
        if let (Ok(name), Ok(value)) = (String::from_utf8(trimmed(name)), String::from_utf8(trimmed(value))) {
            found.push((name, unquoted(&value)));
        }
    }
    found
}

/// The distinct values of the cookies with this name. A credential is accepted only if there is exactly one.
pub fn values<'c>(cookies: &'c [(String, String)], name: &str) -> Vec<&'c str> {
    let mut values: Vec<&str> = Vec::new();
    for (found, value) in cookies {
        if found == name && !values.contains(&value.as_str()) {
            values.push(value);
        }
    }
    values
}

/// The client's address by the lines of `X-Forwarded-For`, with these trusted networks. A network is an address and its
/// prefix length.
pub fn client(peer: IpAddr, lines: &[&[u8]], trusted: &[(IpAddr, u8)]) -> IpAddr {
    let mut chain: Vec<Vec<u8>> = lines.iter().flat_map(|line| parts(line, b',')).collect();
    let mut client = peer.to_canonical();
    while trusted.iter().any(|network| contains(*network, client)) {
        match chain.pop().map(|written| address(trimmed(written))) {
            Some(Some(before)) => client = before.to_canonical(),
            Some(None) | None => break,
        }
    }
    client
}

/// Whether the address is in this network.
pub fn contains((network, length): (IpAddr, u8), address: IpAddr) -> bool {
    let (network, address) = (bits(network), bits(address));
    let length = usize::from(length);
    network.len() == address.len() && network[..length] == address[..length]
}

fn bits(address: IpAddr) -> Vec<bool> {
    let bytes = match address {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets().to_vec(),
    };
    bytes.iter().flat_map(|byte| (0..8).map(move |at| byte & (0x80 >> at) != 0)).collect()
}

/// `A`, `A:PORT`, `B`, `[B]` or `[B]:PORT`, where `A` is an IPv4 address and `B` is an IPv6 address.
fn address(written: Vec<u8>) -> Option<IpAddr> {
    let text = String::from_utf8(written).ok()?;
    if let Some(in_brackets) = text.strip_prefix('[') {
        let (address, rest) = in_brackets.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        return (rest.is_empty() || rest.strip_prefix(':').is_some_and(is_port)).then_some(address.into());
    }
    if let Ok(address) = text.parse::<Ipv6Addr>() {
        return Some(address.into());
    }
    let (address, port) = text.split_once(':').unwrap_or((&text, "0"));
    let address: Ipv4Addr = address.parse().ok()?;
    is_port(port).then_some(address.into())
}

fn is_port(text: &str) -> bool {
    let significant = text.trim_start_matches('0');
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && significant.len() <= 5
        && significant.bytes().fold(0, |number, digit| number * 10 + u32::from(digit - b'0')) <= 65_535
}

fn parts(line: &[u8], separator: u8) -> Vec<Vec<u8>> {
    let (mut parts, mut part) = (Vec::new(), Vec::new());
    for byte in line {
        if *byte == separator {
            parts.push(std::mem::take(&mut part));
        } else {
            part.push(*byte);
        }
    }
    parts.push(part);
    parts
}

/// Without spaces and tabs at both ends.
fn trimmed(mut text: Vec<u8>) -> Vec<u8> {
    while matches!(text.first(), Some(b' ' | b'\t')) {
        text.remove(0);
    }
    while matches!(text.last(), Some(b' ' | b'\t')) {
        text.pop();
    }
    text
}

/// Decodes a value in double quotes: a backslash and three octal digits, or a backslash and a character.
fn unquoted(value: &str) -> String {
    let characters: Vec<char> = value.chars().collect();
    let ['"', inner @ .., '"'] = characters.as_slice() else { return value.to_owned() };
    let (mut plain, mut rest) = (String::new(), inner);
    loop {
        rest = match rest {
            ['\\', high @ '0'..='3', middle @ '0'..='7', low @ '0'..='7', rest @ ..] => {
                let digits = [high, middle, low].map(|digit| u32::from(*digit) - u32::from('0'));
                plain.extend(char::from_u32(digits[0] * 64 + digits[1] * 8 + digits[2]));
                rest
            }
            ['\\', character, rest @ ..] | [character, rest @ ..] => {
                plain.push(*character);
                rest
            }
            [] => return plain,
        };
    }
}
