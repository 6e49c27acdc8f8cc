use super::*;

#[test]
fn a_base_is_https_or_loopback_and_has_no_trailing_slash() {
    for good in
        ["https://api.central.sophos.com/", "http://127.0.0.1:80/eu01/", "http://[::1]:1", "http://localhost"]
    {
        let base = Base::parse(good).unwrap();
        assert!(!base.to_string().ends_with('/'), "{base}");
    }
    for bad in
        ["http://api.central.sophos.com", "ftp://127.0.0.1", "https://", "x", "http://127.0.0.1.evil.test"]
    {
        assert!(Base::parse(bad).is_err(), "{bad}");
    }
    for bad in ["https://u@host", "https://u:p@host", "https://host?q=1", "https://host#f"] {
        assert!(matches!(Base::parse(bad), Err(UrlError::TooMuch(_))), "{bad}");
    }
}

#[test]
fn an_address_that_a_vendor_tells_is_upgraded_to_https() {
    let base = Base::parse_upgrading("http://api-us01.central.sophos.com/").unwrap();
    assert_eq!(base.to_string(), "https://api-us01.central.sophos.com");
    assert_eq!(
        Base::parse_upgrading("http://127.0.0.1:8/eu01").unwrap().to_string(),
        "http://127.0.0.1:8/eu01"
    );
}

#[test]
fn a_domain_is_matched_at_its_dot() {
    let under = |host: &str| Base::parse(&format!("https://{host}")).unwrap().is_under(".central.sophos.com");
    assert!(under("api-eu01.central.sophos.com") && under("API-EU01.Central.Sophos.COM"));
    assert!(!under("evilcentral.sophos.com") && !under("central.sophos.com.evil.test"));
    assert!(!under("central.sophos.com"));
}

/// What is sent is what is shown, whatever it is made of.
#[test]
fn an_address_is_the_same_parsed() {
    let id = |text| Segment::new(text).unwrap();
    let routes = [
        Route::new("/x"),
        Route::new("/x").id(&id("a/b?c#d")).then("/y"),
        Route::new("/x")
            .id(&id("%2e%2e"))
            .query("filter", "userName eq \"ä b&c=d\"")
            .csv("ids", ["1,2", "+"]),
    ];
    for base in ["https://example.com", "http://127.0.0.1:80/eu01/", "http://[::1]:1/a/b"] {
        let base = Base::parse(base).unwrap();
        for route in &routes {
            let url = base.at(route);
            assert_eq!(url.as_str(), format!("{base}{route}"));
            assert!(url.into_parsed().is_ok());
        }
    }
    assert_eq!(Base::known("h.test").at(&routes[0]).into_parsed().unwrap().as_str(), "https://h.test/x");
}

#[test]
fn hostile_segments_stay_one_segment() {
    for (value, text) in [("a/b", "a%2Fb"), ("a?b#c", "a%3Fb%23c"), ("..%2f", "..%252f"), ("ä", "%C3%A4")] {
        let route = Route::new("/x").id(&Segment::new(value).unwrap());
        assert_eq!(route.to_string(), format!("/x/{text}"));
        let url = Base::known("h.test").at(&route);
        assert_eq!(
            reqwest::Url::parse(url.as_str()).unwrap().as_str(),
            url.as_str(),
            "parsing changes nothing"
        );
    }
    assert!([".", "..", ""].into_iter().all(|value| Segment::new(value).is_none()));
}

#[test]
fn hostile_query_values_stay_one_value() {
    let value = "a&b=c?d#e/f%g+h i,j\r\n\"'<>";
    let route = Route::new("/x").query("search", value).csv("ids", ["a", "b,c"]);
    let url = Base::known("h.test").at(&route);
    let parsed = reqwest::Url::parse(url.as_str()).unwrap();
    let pairs: Vec<_> = parsed.query_pairs().into_owned().collect();
    assert_eq!(pairs, [("search".to_owned(), value.to_owned()), ("ids".to_owned(), "a,b,c".to_owned())]);
    assert!(url.as_str().ends_with("&ids=a,b%2Cc"));
    assert_eq!(format!("{url:?}"), "https://h.test/x", "a log shows no query");
}
