//! `topolens serve`, `completions` and `man`.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::Child;

use serde_json::Value;

use crate::bench::{Bench, ensure_described};

fn ask(port: &str, path: &str, token: &str) -> String {
    let mut stream = TcpStream::connect(format!("127.0.0.1:{port}")).unwrap();
    let request = format!(
        "GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer
}

fn address(server: &mut Child) -> (String, String) {
    let mut line = String::new();
    BufReader::new(server.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let document: Value = serde_json::from_str(&line).unwrap();
    ensure_described(&document);
    let address = document["address"].as_str().unwrap().to_owned();
    let (host, token) = address.split_once("/?token=").unwrap();
    (host.rsplit_once(':').unwrap().1.to_owned(), token.to_owned())
}

#[cfg(unix)]
#[test]
fn studies_are_served_until_somebody_ends_it() {
    let bench = Bench::new();
    assert_eq!(bench.run("profile --points 60 --layers output --out studies/a").code, Some(0));
    let mut server = bench.start("serve studies --json");
    let (port, token) = address(&mut server);
    let list = ask(&port, "/api/studies", &token);
    assert!(list.starts_with("HTTP/1.1 200") && list.contains("studies/a"), "{list}");
    assert!(ask(&port, "/api/studies", "guess").starts_with("HTTP/1.1 401"));
    assert!(ask(&port, "/", &token).contains("<title>topolens"));
    let pid = server.id().to_string();
    std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap();
    assert!(server.wait().unwrap().code().is_some());
    assert!(bench.refused("serve nowhere").contains("nowhere"));
    assert!(bench.refused("serve --points 3").contains("--points"));
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    let bench = Bench::new();
    let script = bench.run("completions bash").stdout;
    assert!(script.contains("topolens__subcmd__spoof") || script.contains("topolens__spoof"), "no spoof");
    assert!(bench.refused("completions tcl").contains("tcl"));
    assert_eq!(bench.run("man pages").code, Some(0));
    for page in ["topolens.1", "topolens-profile.1", "topolens-spoof.1"] {
        assert!(bench.path("pages").join(page).is_file(), "{page}");
    }
}
