//! The filters, from the shortest to a nested value path, each with the tree that RFC 7644 §3.4.2.2 gives it.

/// A filter and its tree, as [`Tree::text`](crate::tree::Tree::text) writes it.
pub const FILTERS: [(&str, &str); 14] = [
    (r#"title pr"#, "title pr"),
    (r#"userName eq "bjensen""#, r#"userName eq "bjensen""#),
    (r#"active eq true"#, "active eq true"),
    (r#"name.familyName co "O'Malley""#, r#"name.familyName co "O'Malley""#),
    (r#"meta.lastModified gt "2011-05-13T04:42:34Z""#, r#"meta.lastModified gt "2011-05-13T04:42:34Z""#),
    (r#"displayName eq "say \"hi\"""#, r#"displayName eq "say \"hi\"""#),
    (r#"title pr and userType eq "Employee""#, r#"and(title pr,userType eq "Employee")"#),
    (
        r#"title pr or userType eq "Intern" and active eq true"#,
        r#"or(title pr,and(userType eq "Intern",active eq true))"#,
    ),
    (
        r#"title pr and active eq true or userType eq "Intern""#,
        r#"or(and(title pr,active eq true),userType eq "Intern")"#,
    ),
    (
        r#"userType eq "Employee" and (emails co "example.com" or emails.value co "example.org")"#,
        r#"and(userType eq "Employee",or(emails co "example.com",emails.value co "example.org"))"#,
    ),
    (
        r#"userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")"#,
        r#"and(userType ne "Employee",not(or(emails co "example.com",emails.value co "example.org")))"#,
    ),
    (
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Engines""#,
        r#"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department eq "Engines""#,
    ),
    (
        r#"emails[type eq "work" and value co "@example.com"] or ims[type eq "xmpp" and value co "@foo.com"]"#,
        r#"or(emails[and(type eq "work",value co "@example.com")],ims[and(type eq "xmpp",value co "@foo.com")])"#,
    ),
    (
        r#"emails[type eq "work" and (value co "@example.com" or primary eq true)]"#,
        r#"emails[and(type eq "work",or(value co "@example.com",primary eq true))]"#,
    ),
];
